package io.logitflow.exporter.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.parity.PermittedTrajectories.ActionRule;
import io.logitflow.exporter.parity.PermittedTrajectories.Rule;
import io.logitflow.exporter.parity.PermittedTrajectories.Trajectory;
import io.logitflow.sampler.batching.CandidateStream;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.Constraint;
import io.logitflow.sampler.sampling.Decoding;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a sampler draws under constraints, from bundles of every environment, against all
 * trajectories walked in plain Java.
 */
class DecodingDrawsTest {
  private static final float BETA = 1.5f;
  private static final int ROWS = 6_000;
  private static final double TOLERANCE = 1e-4;
  private static final double LEAST_EXPECTATION = 5;
  private static final double LEAST_PROBABILITY = 1e-6;

  private static final String FIXED = "{type: autoregressive, tokens: [A, C, G], length: 4}";
  private static final String VARYING =
      "{type: autoregressive, tokens: [A, C], minimum_length: 2, length: 5}";
  private static final String TWO_ENDS = "{type: prepend-append, tokens: [A, C, G], length: 4}";
  private static final String WORDS = "{type: non-autoregressive, tokens: [A, C, G], length: 3}";
  private static final String GRID = "{type: hypergrid, dimensions: 2, side: 4}";

  private static final ActionRule ANY = (step, action) -> true;

  @TempDir private Path directory;

  static Stream<Arguments> constraints() {
    Constraint none = Constraint.NONE;
    return Stream.of(
        arguments(FIXED, none, ANY, matching(".*")),
        arguments(
            FIXED,
            none.allowingAtStep(1, "A", "G").allowingAtPosition(3, "C"),
            ANY,
            matching(".[AG].C")),
        arguments(FIXED, none.withPrefix("G", "A").forbidding("C"), ANY, matching("GA[AG]*")),
        arguments(VARYING, none.withLength(3), ANY, matching("...")),
        arguments(VARYING, none.withLength(5).forbidding("A"), ANY, matching("CCCCC")),
        arguments(VARYING, none.withPrefix("A", "C", "C"), ANY, matching("ACC.*")),
        arguments(VARYING, none.allowingAtPosition(3, "A"), ANY, matching("..(.(A.*)?)?")),
        arguments(
            TWO_ENDS,
            none.allowingAtStep(2, "A", "C").allowingAtStep(0, "G"),
            (ActionRule)
                (step, action) -> step == 2 ? action % 3 < 2 : step != 0 || action % 3 == 2,
            matching(".*")),
        arguments(TWO_ENDS, none.forbidding("G"), ANY, matching("[AC]*")),
        arguments(WORDS, none.allowingAtPosition(1, "A", "G"), ANY, matching(".[AG].")),
        arguments(WORDS, none.withPrefix("C").forbidding("G"), ANY, matching("C[AC][AC]")),
        arguments(GRID, none, ANY, matching(".*")));
  }

  @ParameterizedTest
  @MethodSource("constraints")
  void drawsFromThePolicyOverWhatIsPermitted(
      String environment, Constraint constraint, ActionRule actions, Predicate<String> objects) {
    TrainedModel model = model(environment);
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    try (TrainedPolicy policy = RandomModel.trained(model);
        Sampler sampler = Sampler.open(bundle, SamplerOptions.defaults())) {
      for (float topP : new float[] {1, 0.6f}) {
        List<Row> rows = draw(sampler, Decoding.topP(bundle, topP, constraint), ROWS);
        List<Trajectory> all =
            PermittedTrajectories.of(
                model.environment(), policy, BETA, new Rule(false, topP, actions, objects));
        requireTrajectories(rows, all);
        requireDistribution(rows, all);
      }
      List<Row> greedy = draw(sampler, Decoding.greedy(bundle, constraint), 5);
      List<Trajectory> best =
          PermittedTrajectories.of(
              model.environment(), policy, BETA, new Rule(true, 1, actions, objects));
      assertThat(best).hasSize(1);
      assertThat(greedy).hasSize(5);
      requireTrajectories(greedy, best);
    }
  }

  @Test
  void aVerySmallTopPIsGreedy() {
    Bundle bundle = BundleFolder.writeUnchecked(model(FIXED), directory.resolve("bundle"));
    try (Sampler sampler = Sampler.open(bundle, SamplerOptions.defaults())) {
      List<Row> smallest = draw(sampler, Decoding.topP(bundle, 1e-30f, Constraint.NONE), 20);
      List<Row> greedy = draw(sampler, Decoding.greedy(bundle, Constraint.NONE), 20);
      assertThat(smallest)
          .extracting(Row::object)
          .isEqualTo(greedy.stream().map(Row::object).toList());
      assertThat(smallest).allMatch(row -> Math.abs(row.logPfDrawn()) < TOLERANCE);
    }
  }

  static Stream<Arguments> refusals() {
    Constraint none = Constraint.NONE;
    return Stream.of(
        arguments(
            TWO_ENDS,
            none.withPrefix("A", "C"),
            "constraint.prefix: found 2 tokens, expected nothing, since this model supports"
                + " forbidden_tokens, allowed_at_step"),
        arguments(
            TWO_ENDS,
            none.withLength(3).allowingAtPosition(0, "A"),
            "constraint.allowed_at_position: found 1 positions, expected nothing, since this model"
                + " supports forbidden_tokens, allowed_at_step\n"
                + "constraint.length: found 3, expected nothing, since this model supports"
                + " forbidden_tokens, allowed_at_step\n"
                + "constraint.length: found 3, expected 4 to 4"),
        arguments(
            TWO_ENDS,
            none.allowingAtStep(1, "A").allowingAtStep(2, "C").forbidding("C"),
            "constraint: found no token that is allowed in step 2, expected at least one"),
        arguments(VARYING, none.withLength(6), "constraint.length: found 6, expected 2 to 5"),
        arguments(VARYING, none.withLength(1), "constraint.length: found 1, expected 2 to 5"),
        arguments(
            VARYING,
            none.withPrefix("A", "A", "A", "A", "A", "A"),
            "constraint.prefix: found 6 tokens, expected at most 5, the tokens of the longest"
                + " object"),
        arguments(
            VARYING,
            none.withLength(2).withPrefix("A", "A", "A").allowingAtStep(2, "A"),
            "constraint.allowed_at_step[0].step: found 2, expected 0 to 1, since constraint.length"
                + " is 2\n"
                + "constraint.prefix: found 3 tokens, expected at most 2, which is"
                + " constraint.length"),
        arguments(
            VARYING,
            none.allowingAtPosition(5, "A").allowingAtStep(-1, "C").allowingAtStep(1),
            "constraint.allowed_at_step[0].step: found -1, expected 0 to 4\n"
                + "constraint.allowed_at_step[1].tokens: found nothing, expected at least one"
                + " token\n"
                + "constraint.allowed_at_position[0].position: found 5, expected 0 to 4"),
        arguments(
            VARYING,
            none.allowingAtStep(1, "X").allowingAtStep(1, "A").forbidding("A", "Y"),
            "constraint.allowed_at_step[0].tokens[0]: found \"X\", expected the name of one of the"
                + " model's tokens\n"
                + "constraint.allowed_at_step[1].step: found 1, expected each step once\n"
                + "constraint.forbidden_tokens[1]: found \"Y\", expected the name of one of the"
                + " model's tokens"),
        arguments(
            VARYING,
            none.forbidding("A", "C"),
            "constraint.forbidden_tokens: found all 2 tokens, expected fewer than all"),
        arguments(
            VARYING,
            none.withPrefix("A", "C").forbidding("C"),
            "constraint.prefix[1]: found C, expected a token that the rest of the constraint allows"
                + " at position 1"),
        arguments(
            WORDS,
            none.allowingAtPosition(2, "A", "C").forbidding("A", "C"),
            "constraint: found no token that is allowed at position 2, expected at least one"),
        arguments(
            GRID,
            none.forbidding("0"),
            "constraint.forbidden_tokens: found 1 tokens, expected nothing, since this model"
                + " supports no constraint"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesWhatLeavesNoObject(String environment, Constraint constraint, String message) {
    Bundle bundle = BundleFolder.writeUnchecked(model(environment), directory.resolve("bundle"));
    assertThatThrownBy(() -> Decoding.greedy(bundle, constraint)).hasMessage(message);
  }

  @Test
  void saysWhichConstraintsCutTrajectories() {
    Bundle ends = BundleFolder.writeUnchecked(model(TWO_ENDS), directory.resolve("ends"));
    Bundle words = BundleFolder.writeUnchecked(model(WORDS), directory.resolve("words"));
    Constraint none = Constraint.NONE;
    assertThat(Decoding.topP(ends, 1, none.allowingAtStep(1, "A")).cutsTrajectories()).isTrue();
    assertThat(Decoding.topP(ends, 1, none.forbidding("A")).cutsTrajectories()).isFalse();
    assertThat(Decoding.topP(words, 1, none.withPrefix("A")).cutsTrajectories()).isFalse();
    assertThat(Decoding.topP(words, 0.5f, none).cutsTrajectories()).isTrue();
    assertThat(Decoding.greedy(words, none).cutsTrajectories()).isTrue();
  }

  private static Predicate<String> matching(String expression) {
    return object -> object.matches(expression);
  }

  private static TrainedModel model(String environment) {
    return RandomModel.of(
        environment,
        "{type: logit-scale, form: positive, heads: 3}",
        "learned",
        "trajectory-balance",
        12);
  }

  private static void requireTrajectories(List<Row> rows, List<Trajectory> all) {
    Map<String, List<Trajectory>> byObject = new HashMap<>();
    all.forEach(
        trajectory ->
            byObject
                .computeIfAbsent(trajectory.object(), ignored -> new ArrayList<>())
                .add(trajectory));
    for (Row row : rows) {
      assertThat(byObject.getOrDefault(row.object(), List.of()))
          .as(row.toString())
          .anyMatch(
              trajectory ->
                  Math.abs(trajectory.logPf() - row.logPf()) < TOLERANCE
                      && Math.abs(trajectory.logPfDrawn() - row.logPfDrawn()) < TOLERANCE);
    }
  }

  private static void requireDistribution(List<Row> rows, List<Trajectory> all) {
    Map<String, Double> expected = new HashMap<>();
    all.forEach(
        trajectory ->
            expected.merge(trajectory.object(), Math.exp(trajectory.logPfDrawn()), Double::sum));
    assertThat(expected.values().stream().mapToDouble(Double::doubleValue).sum())
        .isBetween(1 - 1e-9, 1 + 1e-9);
    Map<String, Long> counts = new HashMap<>();
    rows.forEach(row -> counts.merge(row.object(), 1L, Long::sum));
    List<ChiSquareTest.Bin> bins = new ArrayList<>();
    double rare = 0;
    long rareCount = 0;
    for (Map.Entry<String, Double> object : expected.entrySet()) {
      double expectation = object.getValue() * rows.size();
      long count = counts.getOrDefault(object.getKey(), 0L);
      if (expectation >= LEAST_EXPECTATION) {
        bins.add(new ChiSquareTest.Bin(expectation, count));
      } else {
        rare += expectation;
        rareCount += count;
      }
    }
    if (rare > 0) {
      bins.add(new ChiSquareTest.Bin(rare, rareCount));
    }
    assertThat(ChiSquareTest.of(bins).probability()).isGreaterThan(LEAST_PROBABILITY);
  }

  private static List<Row> draw(Sampler sampler, Decoding decoding, int count) {
    SampleRequest request =
        SampleRequest.of(new float[] {BETA}, count, 0, 17).withDecoding(decoding);
    List<Row> rows = new ArrayList<>();
    try (CandidateStream stream = sampler.stream(request)) {
      while (stream.hasNext()) {
        Candidates candidates = stream.next();
        for (int i = 0; i < candidates.rowCount(); i++) {
          int offset = i * candidates.bytesPerRow();
          String object =
              sampler.bundle().vocabulary().text(candidates.tokens(), offset, candidates.length(i));
          rows.add(new Row(object, candidates.logPf(i), candidates.logPfDrawn(i)));
        }
      }
    }
    return rows;
  }

  private record Row(String object, float logPf, float logPfDrawn) {}
}
