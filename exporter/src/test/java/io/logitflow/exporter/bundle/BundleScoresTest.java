package io.logitflow.exporter.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.lowering.ScoreLowering;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.GraphSignatures;
import io.logitflow.sampler.scoring.ScoreRequest;
import io.logitflow.sampler.scoring.ScoreRequest.Objects;
import io.logitflow.sampler.scoring.ScoreRequest.Trajectories;
import io.logitflow.sampler.scoring.Scorer;
import io.logitflow.sampler.scoring.Scores;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.v1.Graph;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the sampler makes of a bundle's graph of scores, beside enumeration by the trainer. */
class BundleScoresTest {
  private static final int[] COUNTS = {16, 64, 256};
  private static final int SEEDS = 20;

  @TempDir private Path directory;

  static Stream<String> environments() {
    return ModelKinds.ENVIRONMENTS.stream();
  }

  static Stream<String> drawnEnvironments() {
    return ModelKinds.ENVIRONMENTS.stream()
        .filter(name -> name.contains("hypergrid") || name.contains("non-autoregressive"))
        .filter(name -> !name.contains("dimensions: 1"));
  }

  @ParameterizedTest
  @MethodSource("environments")
  void areExactWhereFewStatesLeadToAnObject(String environment) {
    TrainedModel model = model(environment, "uniform");
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    assertThat(bundle.manifest().getScoring().getKind()).isEqualTo("exact");
    float[] betas = {0.5f, 2, 3};
    double[][] expected = enumerated(model, betas);
    try (Scorer scorer = Scorer.open(bundle, ExecutionProvider.CPU, 1)) {
      Scores scores = scorer.score(request(bundle, model, betas, Trajectories.ofSeed(1)));
      assertThat(scores.exact()).isTrue();
      for (int j = 0; j < betas.length; j++) {
        double sum = 0;
        for (int i = 0; i < scores.objectCount(); i++) {
          assertThat((double) scores.logP(j, i)).isCloseTo(expected[j][i], within(1e-4));
          assertThat(scores.standardError(j, i)).isZero();
          sum += Math.exp(scores.logP(j, i));
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
      }
    }
  }

  /**
   * The mean of p over seeds is p: the standard scores of all objects together are normal. How
   * often p lies within ±1.96 standard errors is printed, as docs/scoring.md shows it.
   */
  @ParameterizedTest
  @CsvSource({"uniform", "learned"})
  void areUnbiasedElsewhereAndSayHowFarOff(String backward) {
    int[] covered = new int[COUNTS.length];
    int drawn = 0;
    double sumOfScores = 0;
    double sumOfSquares = 0;
    int objects = 0;
    for (String environment : drawnEnvironments().toList()) {
      TrainedModel model = model(environment, backward);
      Path folder = directory.resolve(backward + objects);
      Bundle bundle = writeDrawing(model, folder);
      assertThat(bundle.manifest().getScoring().getKind()).isEqualTo("estimate");
      float[] betas = {2};
      double[] expected = enumerated(model, betas)[0];
      double[] sums = new double[expected.length];
      double[] squares = new double[expected.length];
      try (Scorer scorer = Scorer.open(bundle, ExecutionProvider.CPU, 1)) {
        for (int seed = 0; seed < SEEDS; seed++) {
          for (int k = 0; k < COUNTS.length; k++) {
            Trajectories trajectories = new Trajectories(COUNTS[k], 0, seed);
            Scores scores = scorer.score(request(bundle, model, betas, trajectories));
            for (int i = 0; i < expected.length; i++) {
              double ratio = Math.exp(scores.logP(0, i) - expected[i]);
              // The error of p is the relative one times the estimate; 1e-5 is for rounding.
              double error = scores.standardError(0, i) * ratio;
              covered[k] += Math.abs(ratio - 1) <= 1.96 * error + 1e-5 ? 1 : 0;
              if (COUNTS[k] == 64) {
                sums[i] += ratio;
                squares[i] += ratio * ratio;
              }
            }
          }
        }
      }
      drawn += SEEDS * expected.length;
      for (int i = 0; i < expected.length; i++) {
        double mean = sums[i] / SEEDS;
        double variance = (squares[i] / SEEDS - mean * mean) / (SEEDS - 1);
        double score = (mean - 1) / Math.sqrt(variance + 1e-10);
        sumOfScores += score;
        sumOfSquares += score * score;
        objects++;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "P_B %s: %d objects, mean standard score %.3f, mean square %.3f; coverage at K = 16, 64,"
            + " 256: %.3f %.3f %.3f%n",
        backward,
        objects,
        sumOfScores / objects,
        sumOfSquares / objects,
        covered[0] / (double) drawn,
        covered[1] / (double) drawn,
        covered[2] / (double) drawn);
    assertThat(sumOfScores / Math.sqrt(objects)).isBetween(-4.0, 4.0);
    assertThat(covered[2] / (double) drawn).isGreaterThan(0.85);
  }

  @Test
  void doNotDependOnWhatElseIsScored() {
    TrainedModel model = model("{type: hypergrid, dimensions: 2, side: 5}", "learned");
    Bundle bundle = writeDrawing(model, directory.resolve("bundle"));
    try (Scorer scorer = Scorer.open(bundle, ExecutionProvider.CPU, 1)) {
      float[] betas = {1, 3};
      Scores all = scorer.score(request(bundle, model, betas, new Trajectories(30, 1L << 40, 9)));
      ObjectBatch seventh = model.environment().objects(7, 1);
      Scores one =
          scorer.score(
              request(bundle, seventh, new float[] {3}, new Trajectories(30, (1L << 40) + 7, 9)));
      assertThat(one.logP(0, 0)).isEqualTo(all.logP(1, 7));
      assertThat(one.standardError(0, 0)).isEqualTo(all.standardError(1, 7)).isPositive();
      Scores other =
          scorer.score(
              request(bundle, seventh, new float[] {3}, new Trajectories(30, (1L << 40) + 7, 8)));
      assertThat(other.logP(0, 0)).isNotEqualTo(one.logP(0, 0));
    }
  }

  @Test
  void nameTheBetaAtWhichTheModelHasNoFiniteNumbers() {
    TrainedModel model =
        RandomModel.of(
            "{type: hypergrid, dimensions: 2, side: 5}",
            "{type: layer, encoding: {type: raw}}",
            "uniform",
            "trajectory-balance",
            3);
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    try (Scorer scorer = Scorer.open(bundle, ExecutionProvider.CPU, 1)) {
      float[] betas = {1, 3e38f};
      ScoreRequest request = request(bundle, model, betas, Trajectories.ofSeed(1));
      assertThatThrownBy(() -> scorer.score(request))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "beta: found 3.0E38, expected a beta at which the model's numbers are finite (trained"
                  + " on 1.0 to 3.0)");
    }
  }

  /** Writes a bundle whose scores are estimates, however few states there are. */
  private static Bundle writeDrawing(TrainedModel model, Path folder) {
    BundleFolder.writeUnchecked(model, folder);
    OnnxGraph drawing = new ScoreLowering(RandomModel.lowering(model), 0).score().orElseThrow();
    BundleFolder.replace(folder, Graph.Role.SCORE, drawing.file());
    BundleFolder.edit(
        folder,
        manifest -> {
          manifest.getScoringBuilder().setKind("estimate");
          manifest.getGraphsBuilderList().stream()
              .filter(graph -> graph.getRole() == Graph.Role.SCORE)
              .forEach(
                  graph ->
                      graph
                          .clearInputs()
                          .clearOutputs()
                          .addAllInputs(GraphSignatures.inputs(Graph.Role.SCORE, manifest.build()))
                          .addAllOutputs(
                              GraphSignatures.outputs(Graph.Role.SCORE, manifest.build())));
        });
    return Bundle.open(folder);
  }

  private static TrainedModel model(String environment, String backward) {
    TrainedModel model =
        RandomModel.of(
            environment,
            "{type: logit-scale, form: positive}",
            backward,
            "trajectory-balance",
            backward.length());
    if (backward.equals("uniform")) {
      return model;
    }
    // Trained policies agree with one another; random ones should not contradict each other too
    // much either, or no number of trajectories says how far off their mean is.
    float[] parameters = model.parameters();
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] *= 0.6f;
    }
    return new TrainedModel(model.config(), model.configYaml(), parameters, model.origin());
  }

  /** 1,953 substrings of 62 tokens times two layers of 2,048 are more than a row may take. */
  @Test
  void areEstimatesWhereTheSumIsTooLargeForARow() {
    TrainedModel model = RandomModel.strings(4, 62, ScaleForm.POSITIVE, 1, 2_048, 2_048);

    new BundleWriter("test", 0, Optional.empty())
        .write(model, directory.resolve("bundle"), staged -> "{}", BundleCalibration.NONE);

    Bundle bundle = Bundle.open(directory.resolve("bundle"));
    assertThat(bundle.manifest().getScoring().getKind()).isEqualTo("estimate");
  }

  private static double[][] enumerated(TrainedModel model, float[] betas) {
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      return ExactDistribution.logProbabilities(model.environment(), trained, betas);
    }
  }

  private static ScoreRequest request(
      Bundle bundle, TrainedModel model, float[] betas, Trajectories trajectories) {
    int count = Math.toIntExact(model.environment().objectCount().orElseThrow());
    return request(bundle, model.environment().objects(0, count), betas, trajectories);
  }

  private static ScoreRequest request(
      Bundle bundle, ObjectBatch objects, float[] betas, Trajectories trajectories) {
    ByteBuffer tokens = ByteBuffer.allocate(objects.tokens().length);
    for (int token : objects.tokens()) {
      tokens.put((byte) token);
    }
    return ScoreRequest.of(
        bundle, betas, new Objects(tokens.flip(), objects.lengths()), trajectories);
  }
}
