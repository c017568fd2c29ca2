package io.logitflow.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.v1.AllowedAtPosition;
import io.logitflow.v1.AllowedAtStep;
import io.logitflow.v1.Column;
import io.logitflow.v1.Constraint;
import io.logitflow.v1.ConstraintKind;
import io.logitflow.v1.DecodingDescription;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.LogRewardTransform;
import io.logitflow.v1.SupportedConstraint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImportanceWeightsTest {
  private static final RewardTransform TRANSFORM = new RewardTransform(0.01, 2, 5);
  private static final DescribeModelResponse MODEL =
      DescribeModelResponse.newBuilder()
          .setLogReward(
              LogRewardTransform.newBuilder().setFloor(0.01).setExponent(2).setScale(5).build())
          .setDecoding(
              DecodingDescription.newBuilder()
                  .addConstraints(supported(ConstraintKind.ALLOWED_AT_STEP, true))
                  .addConstraints(supported(ConstraintKind.FORBIDDEN_TOKENS, false)))
          .build();
  private static final float BETA = 1.5f;
  private static final double LOG_Z = 0.75;

  /** Two trajectories lead to the second object, one to each other; their probabilities. */
  private static final double[] FORWARD = {0.1, 0.2, 0.1, 0.25, 0.35};

  private static final double[] BACKWARD = {1, 0.3, 0.7, 1, 1};
  private static final double[] SCORES = {0.9, 0.2, 0.2, 0.001, 1.7};
  private static final double[] VALUES = {3, -1, -1, 10, 0.5};

  @Test
  void turnsTheModelsCandidatesIntoTheTargets() {
    // As many of each trajectory as its probability says: sums over the sample are expectations.
    List<Candidate> candidates = new ArrayList<>();
    List<Integer> trajectories = new ArrayList<>();
    for (int trajectory = 0; trajectory < FORWARD.length; trajectory++) {
      for (int i = 0; i < Math.round(100 * FORWARD[trajectory]); i++) {
        candidates.add(candidate(trajectory, BETA));
        trajectories.add(trajectory);
      }
    }
    ImportanceWeights weights = weigh(candidates, select(SCORES, trajectories));

    double partition = 0;
    double mean = 0;
    for (int object : new int[] {0, 1, 3, 4}) {
      double score = Math.max(0.01, SCORES[object]);
      double reward = Math.pow(5 * score * score, BETA);
      partition += reward;
      mean += reward * VALUES[object];
    }
    // The log-probabilities are of single precision.
    assertThat(weights.logPartition()).isCloseTo(Math.log(partition), within(1e-6));
    assertThat(weights.mean(select(VALUES, trajectories)))
        .isCloseTo(mean / partition, within(1e-6));
  }

  @Test
  void saysHowUnequalTheWeightsAre() {
    List<Candidate> equal = List.of(candidate(0, BETA), candidate(0, BETA), candidate(0, BETA));
    assertThat(weigh(equal, 1, 1, 1).effectiveSampleSize()).isCloseTo(3, within(1e-12));
    // Rewards of the exponent 2 · 1.5: one candidate is worth all others.
    assertThat(weigh(equal, 1e6, 1, 1).effectiveSampleSize()).isCloseTo(1, within(1e-12));
    double[] weights = weigh(equal, 2, 1, 1).normalised();
    assertThat(weights).containsExactly(new double[] {0.8, 0.1, 0.1}, within(1e-12));
    assertThat(weigh(equal, 2, 1, 1).effectiveSampleSize())
        .isCloseTo(1 / (0.64 + 0.02), within(1e-12));
  }

  @Test
  void staysFiniteForWeightsOfAnySize() {
    List<Candidate> candidates = List.of(candidate(0, 1000), candidate(1, 1000));
    ImportanceWeights weights = weigh(candidates, 1e9, 1.0001e9);
    assertThat(weights.logWeights()[0]).isGreaterThan(40_000);
    assertThat(weights.normalised()[0] + weights.normalised()[1]).isCloseTo(1, within(1e-12));
    assertThat(weights.logPartition()).isFinite();
    assertThat(weights.effectiveSampleSize()).isBetween(1.0, 2.0);
  }

  @Test
  void refusesWhatItCannotWeigh() {
    List<Candidate> one = List.of(candidate(0, 1));
    refuses("candidates: found none, expected at least one", List.of());
    refuses("scores: found 2 scores, expected 1, one for each candidate", one, 1, 2);
    refuses("scores[0]: found NaN, expected a finite number", one, Double.NaN);
    refuses(
        "candidates[1] beta: found 2.0, expected 1.0, as that of the others",
        List.of(candidate(0, 1), candidate(0, 2)),
        1,
        1);
    Candidate bare = new Candidate(0, 1, List.of(0), "A", Map.of(Column.LOG_PF_DRAWN, -1f));
    refuses(
        "candidates[0]: found no column LOG_PB, expected LOG_PF_DRAWN, LOG_PB and LOG_Z, which the"
            + " query has to ask for",
        List.of(bare),
        1);
    assertThatThrownBy(() -> weigh(one, 1).mean(1, 2))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("values: found 2 values, expected 1, one for each candidate");
  }

  @Test
  void refusesWhatWasNotDrawnIndependentlyWithAllTrajectories() {
    SampleQuery query = SampleQuery.of(1, BETA);
    refusesRule("greedy: found true, expected false: nothing is drawn", query.withGreedy());
    refusesRule(
        "top_p: found 0.5, expected 1 or nothing: what is truncated has no weight",
        query.withTopP(0.5f));
    refusesRule(
        "unique_count: found 3, expected nothing: distinct objects are no independent draws",
        query.withUnique(3));
    Constraint forbidden = Constraint.newBuilder().addForbiddenTokens("A").build();
    refusesRule(
        "constraint: found ALLOWED_AT_STEP, expected none that cuts some trajectories of an object"
            + " that it permits, as this does",
        query.withConstraint(
            forbidden.toBuilder()
                .addAllowedAtStep(AllowedAtStep.newBuilder().setStep(1).addTokens("C"))
                .build()));

    List<Candidate> one = List.of(candidate(0, BETA));
    for (SampleQuery fine : List.of(query.withTopP(1), query.withConstraint(forbidden))) {
      assertThat(ImportanceWeights.of(MODEL, fine.rule(), one, 1).logWeights())
          .containsExactly(weigh(one, 1).logWeights());
    }
  }

  /** Constraints of one kind each, beside a model of which that kind alone cuts trajectories. */
  @Test
  void refusesEveryKindOfConstraintThatCutsTrajectories() {
    Map<ConstraintKind, Constraint.Builder> constraints = new EnumMap<>(ConstraintKind.class);
    constraints.put(
        ConstraintKind.ALLOWED_AT_STEP,
        Constraint.newBuilder()
            .addAllowedAtStep(AllowedAtStep.newBuilder().setStep(1).addTokens("C")));
    constraints.put(
        ConstraintKind.ALLOWED_AT_POSITION,
        Constraint.newBuilder()
            .addAllowedAtPosition(AllowedAtPosition.newBuilder().setPosition(0).addTokens("C")));
    constraints.put(ConstraintKind.PREFIX, Constraint.newBuilder().addPrefix("A"));
    constraints.put(ConstraintKind.LENGTH, Constraint.newBuilder().setLength(2));
    constraints.put(
        ConstraintKind.FORBIDDEN_TOKENS, Constraint.newBuilder().addForbiddenTokens("A"));
    List<Candidate> one = List.of(candidate(0, BETA));
    constraints.forEach(
        (cutting, ignored) ->
            constraints.forEach(
                (kind, constraint) -> {
                  DescribeModelResponse model =
                      MODEL.toBuilder()
                          .setDecoding(
                              DecodingDescription.newBuilder()
                                  .addConstraints(supported(cutting, true)))
                          .build();
                  DrawRule rule = SampleQuery.of(1, BETA).withConstraint(constraint.build()).rule();
                  if (kind == cutting) {
                    assertThatThrownBy(() -> ImportanceWeights.of(model, rule, one, 1))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessage(
                            "constraint: found "
                                + kind
                                + ", expected none that cuts some trajectories of an object that"
                                + " it permits, as this does");
                  } else {
                    assertThat(ImportanceWeights.of(model, rule, one, 1).logWeights()).hasSize(1);
                  }
                }));
  }

  private static void refusesRule(String message, SampleQuery query) {
    assertThatThrownBy(
            () -> ImportanceWeights.of(MODEL, query.rule(), List.of(candidate(0, BETA)), 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  private static SupportedConstraint supported(ConstraintKind kind, boolean cuts) {
    return SupportedConstraint.newBuilder().setKind(kind).setCutsTrajectories(cuts).build();
  }

  private static ImportanceWeights weigh(List<Candidate> candidates, double... scores) {
    return ImportanceWeights.of(MODEL, DrawRule.PLAIN, candidates, scores);
  }

  @Test
  void takesScoresToLogRewardsAndBack() {
    Random random = new Random(1);
    for (int i = 0; i < 100; i++) {
      double score = 0.01 + 3 * random.nextDouble();
      assertThat(TRANSFORM.score(TRANSFORM.logReward(score))).isCloseTo(score, within(1e-12));
    }
    assertThat(TRANSFORM.logReward(2)).isCloseTo(Math.log(5 * 4), within(1e-12));
    assertThat(TRANSFORM.logReward(-1)).isEqualTo(TRANSFORM.logReward(0.01));
    assertThat(TRANSFORM.score(-100)).isEqualTo(0.01);
  }

  private static void refuses(String message, List<Candidate> candidates, double... scores) {
    assertThatThrownBy(() -> weigh(candidates, scores))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  private static Candidate candidate(int trajectory, float beta) {
    Map<Column, Float> columns = new EnumMap<>(Column.class);
    columns.put(Column.LOG_PF, 0f);
    columns.put(Column.LOG_PF_DRAWN, (float) Math.log(FORWARD[trajectory]));
    columns.put(Column.LOG_PB, (float) Math.log(BACKWARD[trajectory]));
    columns.put(Column.LOG_Z, (float) LOG_Z);
    return new Candidate(0, beta, List.of(0), "A", columns);
  }

  private static double[] select(double[] values, List<Integer> indices) {
    return indices.stream().mapToDouble(index -> values[index]).toArray();
  }
}
