package io.logitflow.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.config.LoadedConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.evaluation.EvaluationReport.AtBeta;
import io.logitflow.trainer.evaluation.EvaluationReport.EuboSource;
import io.logitflow.trainer.evaluation.EvaluationReport.Exact;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.oracle.PerfectPolicy;
import io.logitflow.trainer.oracle.RandomPolicy;
import io.logitflow.trainer.oracle.WalkedPaths;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.reward.EvaluationScores;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.reward.LogRewardTransform;
import io.logitflow.trainer.reward.Reward;
import io.logitflow.trainer.reward.ScoreLedger;
import io.logitflow.trainer.training.RandomStreams;
import io.logitflow.trainer.training.RandomStreams.Purpose;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelEvaluationTest {
  private static final int LENGTH = 3;

  @TempDir Path folder;

  @Test
  void aPerfectPolicyHasNoDistanceAndAllBoundsAreLogZ() throws Exception {
    Landscape landscape = landscape("evaluation.betas=[0.5, 2]", "evaluation.samples=2000");
    double[] logRewards = landscape.logReward().of(landscape.allObjects());
    StatePolicy policy = new PerfectPolicy(landscape.environment(), logRewards, 0.5f, 2);

    List<AtBeta> found = evaluation(landscape).evaluate(policy, scores(landscape));

    assertThat(found).extracting(AtBeta::beta).containsExactly(0.5f, 2f);
    assertThat(found).extracting(AtBeta::extrapolated).containsExactly(true, false);
    for (AtBeta at : found) {
      Exact exact = exact(at);
      double logPartition =
          Math.log(Arrays.stream(logRewards).map(r -> Math.exp(at.beta() * r)).sum());
      assertThat(exact.logZExact()).isCloseTo(logPartition, within(1e-9));
      assertThat(exact.logZError()).isCloseTo(0, within(1e-5));
      assertThat(exact.totalVariation()).isLessThan(1e-6);
      assertThat(exact.jensenShannon()).isBetween(0.0, 1e-9);
      assertThat(exact.klModelTarget()).isBetween(0.0, 1e-9);
      assertThat(exact.klTargetModel()).isBetween(0.0, 1e-9);
      assertThat(exact.expectedScoreModel()).isCloseTo(exact.expectedScoreTarget(), within(1e-6));
      assertThat(exact.entropyModel()).isCloseTo(exact.entropyTarget(), within(1e-5));
      assertThat(exact.pearson()).isCloseTo(1, within(1e-6));
      assertThat(exact.spearman()).isCloseTo(1, within(1e-3));
      assertThat(at.testSet().pearson()).isCloseTo(1, within(1e-6));
      assertThat(at.bounds().elbo()).isCloseTo(logPartition, within(1e-4));
      assertThat(at.bounds().eubo()).isCloseTo(logPartition, within(1e-4));
      assertThat(at.bounds().logZImportance()).isCloseTo(logPartition, within(1e-4));
      assertThat(at.bounds().effectiveSamples()).isCloseTo(2000, within(0.1));
    }
  }

  @Test
  void figuresOfAnyPolicyAreThoseOfTheWalkOfAllPaths() throws Exception {
    Landscape landscape = landscape("evaluation.betas=[1.5]", "evaluation.samples=4000");
    Environment environment = landscape.environment();
    for (boolean learnsBackward : new boolean[] {false, true}) {
      StatePolicy policy = new RandomPolicy(environment, 0.5, true, learnsBackward);
      double[] scores = landscape.logReward().scores(landscape.allObjects());

      AtBeta at = evaluation(landscape).evaluate(policy, scores(landscape)).get(0);

      double[] p = probabilities(environment, policy, 1.5f);
      LogRewardTransform transform = landscape.logReward().transform();
      double[] weights =
          Arrays.stream(scores).map(s -> Math.exp(1.5 * transform.logReward(s))).toArray();
      double z = Arrays.stream(weights).sum();
      double[] q = Arrays.stream(weights).map(weight -> weight / z).toArray();
      double[] expected = new double[8];
      for (int i = 0; i < p.length; i++) {
        double m = (p[i] + q[i]) / 2;
        expected[0] += p[i] * scores[i];
        expected[1] += q[i] * scores[i];
        expected[2] += Math.abs(p[i] - q[i]) / 2;
        expected[3] += (p[i] * Math.log(p[i] / m) + q[i] * Math.log(q[i] / m)) / 2;
        expected[4] += p[i] * Math.log(p[i] / q[i]);
        expected[5] += q[i] * Math.log(q[i] / p[i]);
        expected[6] -= p[i] * Math.log(p[i]);
        expected[7] -= q[i] * Math.log(q[i]);
      }
      Exact exact = exact(at);
      assertThat(
              new double[] {
                exact.expectedScoreModel(),
                exact.expectedScoreTarget(),
                exact.totalVariation(),
                exact.jensenShannon(),
                exact.klModelTarget(),
                exact.klTargetModel(),
                exact.entropyModel(),
                exact.entropyTarget()
              })
          .containsExactly(expected, within(1e-9));
      assertThat(at.logZLearned()).isEqualTo(4.5);
      assertThat(exact.logZExact()).isCloseTo(Math.log(z), within(1e-9));
      assertThat(exact.logZError()).isCloseTo(4.5 - Math.log(z), within(1e-9));
      assertThat(exact.pearson())
          .isCloseTo(orZero(Correlation.pearson(logs(p), logs(weights))), within(1e-9));
      assertThat(at.bounds().euboSource()).isEqualTo(EuboSource.TARGET);
      assertThat(at.bounds().elbo()).isLessThan(Math.log(z) - 0.05);
      assertThat(at.bounds().eubo()).isGreaterThan(Math.log(z) + 0.05);
      assertThat(at.bounds().logZImportance()).isCloseTo(Math.log(z), within(0.1));
    }
  }

  @Test
  void boundsOfATreeDifferFromLogZByTheDivergences() throws Exception {
    // Objects of a tree have one trajectory each, so that paths diverge as objects do.
    Landscape landscape =
        landscape(
            "environment={type: autoregressive, tokens: [A, C, G, T], length: 3}",
            "evaluation.betas=[1.5]",
            "evaluation.samples=20000");
    AtBeta at =
        evaluation(landscape)
            .evaluate(
                new RandomPolicy(landscape.environment(), 0.4, false, false), scores(landscape))
            .get(0);
    Exact exact = exact(at);
    assertThat(at.bounds().elbo())
        .isCloseTo(exact.logZExact() - exact.klModelTarget(), within(0.02));
    assertThat(at.bounds().eubo())
        .isCloseTo(exact.logZExact() + exact.klTargetModel(), within(0.02));
  }

  @Test
  void figuresOfSamplesAreThoseOfTheObjectsDrawn() throws Exception {
    Landscape landscape =
        landscape("evaluation.betas=[2]", "evaluation.samples=1500", "evaluation.top=10");
    Environment environment = landscape.environment();
    StatePolicy policy = new RandomPolicy(environment, 0.5, false, false);

    EvaluationReport.Sampled found =
        evaluation(landscape).evaluate(policy, scores(landscape)).get(0).sampled();

    float[] betas = new float[1500];
    Arrays.fill(betas, 2);
    ObjectBatch objects =
        new Rollout(environment)
            .sample(
                policy,
                betas,
                RandomStreams.uniforms(
                    new RandomStreams(0).of(Purpose.EVALUATION, 0), 1500 * LENGTH),
                Exploration.NONE)
            .trajectories()
            .objects();
    double[] scores = landscape.logReward().scores(objects);
    List<Integer> best = new ArrayList<>();
    for (int row = 0; row < scores.length; row++) {
      best.add(row);
    }
    best.sort(Comparator.comparingDouble(row -> -scores[row]));
    List<Integer> top = best.subList(0, 10);
    double distance = 0;
    for (int a : top) {
      for (int b : top) {
        for (int i = 0; i < LENGTH; i++) {
          distance += token(objects, a, i) == token(objects, b, i) ? 0 : 1;
        }
      }
    }
    long[][] counts = new long[LENGTH][4];
    for (int row = 0; row < 1500; row++) {
      for (int i = 0; i < LENGTH; i++) {
        counts[i][token(objects, row, i)]++;
      }
    }
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    assertThat(found.samples()).isEqualTo(1500);
    assertThat(found.meanScore()).isCloseTo(Arrays.stream(scores).sum() / 1500, within(1e-12));
    assertThat(found.medianScore()).isCloseTo((sorted[749] + sorted[750]) / 2, within(1e-12));
    assertThat(found.top()).isEqualTo(10);
    assertThat(found.topMeanScore())
        .isCloseTo(top.stream().mapToDouble(row -> scores[row]).sum() / 10, within(1e-12));
    assertThat(found.topDiversity()).isCloseTo(distance / 90, within(1e-12));
    assertThat(found.tokenCounts()).isDeepEqualTo(counts);
    assertThat(found.modesFound()).isNull();
    assertThat(found.modesTotal()).isNull();
  }

  @Test
  void histogramsCountSamplesAndWeighAllObjects() throws Exception {
    Landscape landscape = landscape("evaluation.betas=[2]", "evaluation.samples=1500");
    double[] scores = landscape.logReward().scores(landscape.allObjects());
    StatePolicy policy = new RandomPolicy(landscape.environment(), 0.5, false, false);

    AtBeta at = evaluation(landscape).evaluate(policy, scores(landscape)).get(0);

    EvaluationReport.ScoreHistogram histogram = at.sampled().scoreHistogram();
    double low = Arrays.stream(scores).min().orElseThrow();
    double high = Arrays.stream(scores).max().orElseThrow();
    double[] p = probabilities(landscape.environment(), policy, 2);
    double[] model = new double[20];
    for (int i = 0; i < p.length; i++) {
      model[Math.min(19, (int) ((scores[i] - low) / (high - low) * 20))] += p[i];
    }
    assertThat(histogram.edges()).hasSize(21).startsWith(low).endsWith(high);
    assertThat(histogram.model()).containsExactly(model, within(1e-12));
    assertThat(Arrays.stream(histogram.sampled()).sum()).isEqualTo(1500);
    double[] target = histogram.target();
    assertThat(target).isNotNull();
    assertThat(target == null ? 0 : Arrays.stream(target).sum()).isCloseTo(1, within(1e-12));
    for (int bucket = 0; bucket < 20; bucket++) {
      assertThat(histogram.sampled()[bucket] / 1500).isCloseTo(model[bucket], within(0.05));
    }
  }

  @Test
  void whatCannotBeEnumeratedIsEstimated() throws Exception {
    Landscape landscape =
        landscape(
            "evaluation.betas=[1, 2]", "evaluation.samples=4000", "evaluation.trajectories=1000");
    StatePolicy policy = new RandomPolicy(landscape.environment(), 0.2, false, false);
    List<AtBeta> enumerated = evaluation(landscape).evaluate(policy, scores(landscape));

    List<AtBeta> found = evaluation(landscape, false).evaluate(policy, scores(landscape));

    for (int b = 0; b < 2; b++) {
      AtBeta at = found.get(b);
      AtBeta truth = enumerated.get(b);
      assertThat(at.exact()).isNull();
      assertThat(at.sampled().scoreHistogram().model()).isNull();
      assertThat(at.sampled().scoreHistogram().target()).isNull();
      assertThat(at.sampled().meanScore()).isEqualTo(truth.sampled().meanScore());
      assertThat(at.bounds().elbo()).isEqualTo(truth.bounds().elbo());
      assertThat(at.bounds().euboSource()).isEqualTo(EuboSource.IMPORTANCE);
      assertThat(at.bounds().eubo()).isCloseTo(truth.bounds().eubo(), within(0.1));
      assertThat(at.bounds().eubo()).isGreaterThan(at.bounds().logZImportance());
      assertThat(at.testSet().exact()).isEqualTo(64);
      assertThat(at.testSet().meanStandardError()).isNull();
      assertThat(at.testSet().spearman())
          .isCloseTo(orZero(truth.testSet().spearman()), within(1e-9));
    }
  }

  @Test
  void estimatesOfTheTestSetShowTheirErrors() throws Exception {
    Landscape landscape =
        landscape(
            "environment={type: non-autoregressive, tokens: [A, C, G, T], length: 5}",
            "evaluation={betas: [1], samples: 100, trajectories: 6, test_set: {objects: 300}}");
    StatePolicy policy = new RandomPolicy(landscape.environment(), 0.2, false, false);
    AtBeta truth = evaluation(landscape).evaluate(policy, scores(landscape)).get(0);

    AtBeta found = evaluation(landscape, false).evaluate(policy, scores(landscape)).get(0);

    assertThat(found.testSet().objects()).isEqualTo(300);
    assertThat(found.testSet().exact()).isZero();
    assertThat(found.testSet().meanStandardError()).isBetween(0.05, 0.4);
    assertThat(found.testSet().pearson())
        .isCloseTo(orZero(truth.testSet().pearson()), within(0.15));
  }

  @Test
  void listedModesAreCountedAmongTheSamples() throws Exception {
    Files.writeString(folder.resolve("modes.csv"), "sequence\nAAA\nCCC\nGGG\nTTT\n");
    Landscape landscape =
        landscape(
            "evaluation.betas=[1]",
            "evaluation.samples=30",
            "evaluation.modes={file: modes.csv, object_column: sequence}");
    StatePolicy policy = new RandomPolicy(landscape.environment(), 0.1, false, false);
    EvaluationReport.Sampled found =
        evaluation(landscape).evaluate(policy, scores(landscape)).get(0).sampled();
    assertThat(found.modesTotal()).isEqualTo(4);
    assertThat(found.modesFound()).isBetween(1, 3);
  }

  @Test
  void modesByTheRuleAreThoseOfAllObjectsOrElseOfTheSamples() throws Exception {
    Landscape landscape =
        landscape(
            "evaluation.betas=[1]",
            "evaluation.samples=3000",
            "evaluation.modes={type: hamming, least_score: 0.8, distance: 2}");
    StatePolicy policy = new RandomPolicy(landscape.environment(), 0.1, false, false);
    Set<String> kept = new HashSet<>();
    ObjectText text = new ObjectText(landscape.environment());
    ObjectBatch objects = landscape.allObjects();
    double[] scores = landscape.logReward().scores(objects);
    List<Integer> order = new ArrayList<>();
    for (int row = 0; row < scores.length; row++) {
      order.add(row);
    }
    order.sort(Comparator.comparingDouble(row -> -scores[row]));
    for (int row : order) {
      String object = text.format(objects, row);
      if (scores[row] >= 0.8 && kept.stream().allMatch(other -> differences(object, other) >= 2)) {
        kept.add(object);
      }
    }

    EvaluationReport.Sampled enumerated =
        evaluation(landscape).evaluate(policy, scores(landscape)).get(0).sampled();
    EvaluationReport.Sampled drawn =
        evaluation(landscape, false).evaluate(policy, scores(landscape)).get(0).sampled();

    assertThat(kept.size()).isBetween(3, 15);
    assertThat(enumerated.modesTotal()).isEqualTo(kept.size());
    // With 3,000 draws of 64 objects all of them are there.
    assertThat(enumerated.modesFound()).isEqualTo(kept.size());
    assertThat(drawn.modesTotal()).isNull();
    assertThat(drawn.modesFound()).isEqualTo(kept.size());
  }

  @Test
  void noneFoundIsNotTheSameAsNotMeasured() throws Exception {
    Landscape landscape =
        landscape(
            "evaluation.betas=[1]",
            "evaluation.samples=10",
            "evaluation.modes={type: hamming, least_score: 2, distance: 2}");
    StatePolicy policy = new RandomPolicy(landscape.environment(), 0.1, false, false);
    for (boolean enumerates : new boolean[] {true, false}) {
      EvaluationReport.Sampled found =
          evaluation(landscape, enumerates).evaluate(policy, scores(landscape)).get(0).sampled();
      assertThat(found.modesFound()).isZero();
      assertThat(found.modesTotal()).isEqualTo(enumerates ? 0 : null);
    }
  }

  @Test
  void theSamePolicyGivesTheSameFigures() throws Exception {
    Landscape landscape = landscape("evaluation.betas=[1, 3]", "evaluation.samples=200");
    StatePolicy policy = new RandomPolicy(landscape.environment(), 0.5, false, true);
    for (boolean enumerates : new boolean[] {true, false}) {
      ModelEvaluation evaluation = evaluation(landscape, enumerates);
      String first = withoutRate(evaluation.evaluate(policy, scores(landscape)));
      assertThat(withoutRate(evaluation.evaluate(policy, scores(landscape)))).isEqualTo(first);
      assertThat(withoutRate(evaluation(landscape, enumerates).evaluate(policy, scores(landscape))))
          .isEqualTo(first);
    }
  }

  @Test
  void aTestSetOfAFileIsReadAtOnce() throws Exception {
    Files.writeString(folder.resolve("test.csv"), "s\nAAA\nCCC\nAAC\n");
    Landscape landscape =
        landscape(
            "evaluation.betas=[1]",
            "evaluation.test_set={type: table, file: test.csv, object_column: s}");
    StatePolicy policy = new RandomPolicy(landscape.environment(), 0.5, false, false);
    AtBeta at = evaluation(landscape).evaluate(policy, scores(landscape)).get(0);
    double[] p = probabilities(landscape.environment(), policy, 1);
    double[] scores = landscape.logReward().scores(landscape.allObjects());
    int[] objects = {0, 21, 1};
    double[] logP = Arrays.stream(objects).mapToDouble(object -> Math.log(p[object])).toArray();
    double[] logR =
        Arrays.stream(objects)
            .mapToDouble(object -> landscape.logReward().transform().logReward(scores[object]))
            .toArray();
    assertThat(at.testSet().objects()).isEqualTo(3);
    assertThat(at.testSet().pearson())
        .isCloseTo(orZero(Correlation.pearson(logP, logR)), within(1e-9));
  }

  @Test
  void scoresOfAPriceAreAskedForOnceAndFiguresAreTheSame() throws Exception {
    Landscape landscape =
        landscape(
            "evaluation.betas=[1, 2]", "evaluation.samples=500", "evaluation.test_set.objects=200");
    StatePolicy policy = new RandomPolicy(landscape.environment(), 0.2, false, false);
    String free = withoutRate(evaluation(landscape, false).evaluate(policy, scores(landscape)));
    for (int capacity : new int[] {0, 5, 1000}) {
      MeteredReward reward = new MeteredReward(landscape.logReward().reward());
      ScoreLedger ledger = ledger(landscape, reward, capacity);
      ledger.scores(landscape.environment().objects(0, 20));
      EvaluationScores scores = new EvaluationScores(ledger);
      ModelEvaluation evaluation = evaluation(landscape);

      assertThat(withoutRate(evaluation.evaluate(policy, scores))).isEqualTo(free);

      // With 1,000 draws of 64 objects all of them are there.
      int paid = Math.min(20, capacity);
      List<Integer> asked = reward.asked.subList(20, reward.asked.size());
      assertThat(reward.asked.subList(20 - paid, reward.asked.size()))
          .doesNotHaveDuplicates()
          .hasSize(64);
      assertThat(scores.calls()).isEqualTo(asked.size());
      assertThat(ledger.calls()).isEqualTo(20);
      assertThat(ledger.snapshot().rows()).isEqualTo(paid);

      evaluation.evaluate(policy, scores);

      int repeated = capacity == 1000 ? 0 : 64 - 2 * capacity;
      assertThat(scores.calls()).isEqualTo(64 - paid + repeated);
    }
  }

  /** A reward whose every score has its price, which writes down what it is asked for. */
  private static final class MeteredReward implements Reward {
    private final Reward source;
    private final List<Integer> asked = new ArrayList<>();

    MeteredReward(Reward source) {
      this.source = source;
    }

    @Override
    public double[] scores(ObjectBatch objects) {
      for (int row = 0; row < objects.rows(); row++) {
        asked.add(Arrays.hashCode(ObjectRows.tokens(objects, row)));
      }
      return source.scores(objects);
    }

    @Override
    public boolean metered() {
      return true;
    }
  }

  private Landscape landscape(String... settings) throws IOException {
    return new Landscape(folder, LENGTH, settings);
  }

  private ModelEvaluation evaluation(Landscape landscape) {
    return evaluation(landscape, true);
  }

  private ModelEvaluation evaluation(Landscape landscape, boolean enumerates) {
    Modes modes =
        Modes.read(landscape.config().evaluation().modes(), folder, landscape.environment());
    return new ModelEvaluation(
        new LoadedConfig(landscape.config(), folder), landscape.environment(), modes, enumerates);
  }

  private static EvaluationScores scores(Landscape landscape) {
    return scores(landscape, landscape.logReward().reward(), 0);
  }

  private static EvaluationScores scores(Landscape landscape, Reward reward, int capacity) {
    return new EvaluationScores(ledger(landscape, reward, capacity));
  }

  private static ScoreLedger ledger(Landscape landscape, Reward reward, int capacity) {
    return new ScoreLedger(
        new LogReward(
            reward, landscape.logReward().transform(), new ObjectText(landscape.environment())),
        LENGTH,
        capacity);
  }

  private static double[] probabilities(Environment environment, StatePolicy policy, float beta) {
    Map<String, Double> walked = WalkedPaths.distribution(environment, policy, beta);
    ObjectText text = new ObjectText(environment);
    ObjectBatch objects = environment.objects(0, walked.size());
    double[] probabilities = new double[walked.size()];
    for (int row = 0; row < probabilities.length; row++) {
      probabilities[row] = walked.getOrDefault(text.format(objects, row), 0.0);
    }
    return probabilities;
  }

  private static Exact exact(AtBeta at) {
    Exact exact = at.exact();
    if (exact == null) {
      throw new AssertionError("no exact figures");
    }
    return exact;
  }

  private static double orZero(@Nullable Double value) {
    return value == null ? 0 : value;
  }

  private static double[] logs(double[] values) {
    return Arrays.stream(values).map(Math::log).toArray();
  }

  private static int token(ObjectBatch objects, int row, int position) {
    return objects.tokens()[row * objects.width() + position];
  }

  private static int differences(String a, String b) {
    int count = 0;
    for (int i = 0; i < a.length(); i++) {
      count += a.charAt(i) == b.charAt(i) ? 0 : 1;
    }
    return count;
  }

  private static String withoutRate(List<AtBeta> entries) {
    return EvaluationFiles.json(new EvaluationReport(1, null, 0, entries))
        .replaceAll("\"candidates_per_second\" : [^,]+,", "");
  }
}
