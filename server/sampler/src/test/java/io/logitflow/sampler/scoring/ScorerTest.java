package io.logitflow.sampler.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.oracle.ExactDistribution;
import io.logitflow.sampler.sampling.CounterRandom;
import io.logitflow.sampler.scoring.ScoreRequest.Objects;
import io.logitflow.sampler.scoring.ScoreRequest.Trajectories;
import io.logitflow.sampler.session.ExecutionProvider;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The golden bundle has 64 strings of three out of four tokens; its scores are exact. */
final class ScorerTest {
  private static final int OBJECTS = 64;
  private static final float[] BETAS = {0.5F, 1, 2.5F};

  @TempDir private Path directory;

  @Test
  void givesEveryObjectTheProbabilityThatEnumerationGivesIt() {
    Bundle bundle = GoldenBundle.open(directory);
    try (Scorer scorer = Scorer.open(bundle, ExecutionProvider.CPU, 2)) {
      Scores scores = scorer.score(request(bundle, allObjects(), OBJECTS, BETAS));

      assertThat(scores.exact()).isTrue();
      assertThat(scores.standardError()).hasSize(3 * OBJECTS).containsOnly(0);
      for (int j = 0; j < BETAS.length; j++) {
        double[] expected = ExactDistribution.of(bundle, BETAS[j]);
        double sum = 0;
        for (int i = 0; i < OBJECTS; i++) {
          assertThat((double) scores.logP(j, i)).isCloseTo(Math.log(expected[i]), within(1e-4));
          sum += Math.exp(scores.logP(j, i));
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
      }
    }
  }

  @Test
  void givesTheSameBitsInTilesOfAnySizeAndToManyThreads() throws Exception {
    Bundle bundle = GoldenBundle.open(directory);
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try (Scorer scorer = Scorer.open(bundle, ExecutionProvider.CPU, 2)) {
      float[] alone = new float[OBJECTS];
      for (int i = 0; i < OBJECTS; i++) {
        byte[] object = Arrays.copyOfRange(allObjects(), 3 * i, 3 * i + 3);
        alone[i] = scorer.score(request(bundle, object, 1, 2.5F)).logP(0, 0);
      }
      // More than one tile: 64 objects, ten times.
      byte[] many = new byte[10 * 3 * OBJECTS];
      for (int i = 0; i < many.length; i++) {
        many[i] = allObjects()[i % (3 * OBJECTS)];
      }
      List<Future<Scores>> running = new ArrayList<>();
      for (int call = 0; call < 12; call++) {
        running.add(
            threads.submit(() -> scorer.score(request(bundle, many, 10 * OBJECTS, 1, 2.5F))));
      }
      for (Future<Scores> scores : running) {
        for (int i = 0; i < 10 * OBJECTS; i++) {
          assertThat(scores.get().logP(1, i)).isEqualTo(alone[i % OBJECTS]);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void drawsTheTrajectoriesOfAnObjectByTheirNumbersInTheirOwnStream() {
    Bundle bundle = GoldenBundle.openEstimating(directory);
    int trajectories = 5;
    try (Scorer scorer = Scorer.open(bundle, ExecutionProvider.CPU, 1)) {
      Scores scores =
          scorer.score(estimated(bundle, 2, new Trajectories(trajectories, 70, 11), 1, 1.5F));

      assertThat(scores.exact()).isFalse();
      FloatBuffer uniforms = FloatBuffer.allocate(3);
      for (int object = 0; object < 2; object++) {
        double[] largest = new double[trajectories];
        for (int k = 0; k < trajectories; k++) {
          long row = (70L + object) * trajectories + k;
          new CounterRandom()
              .fill(CounterRandom.BACKWARD_STREAM, 11, row, 1, uniforms, 0, uniforms.capacity());
          largest[k] = Math.max(uniforms.get(0), Math.max(uniforms.get(1), uniforms.get(2)));
        }
        double mean = Arrays.stream(largest).map(Math::exp).average().orElseThrow();
        for (int j = 0; j < 2; j++) {
          assertThat((double) scores.logP(j, object)).isCloseTo(Math.log(mean), within(1e-6));
        }
      }
    }
  }

  @Test
  void blamesTheModelForANumberThatIsNotFiniteWhereItWasTrained() {
    Bundle bundle = GoldenBundle.openEstimating(directory);
    Trajectories drawn = Trajectories.ofSeed(1);
    try (Scorer scorer = Scorer.open(bundle, ExecutionProvider.CPU, 1)) {
      assertThatThrownBy(() -> scorer.score(estimated(bundle, 2, drawn, 1, 2.5F)))
          .isInstanceOfSatisfying(
              LogitFlowException.class,
              failure -> assertThat(failure.category()).isEqualTo(Category.FAILED))
          .hasMessage("the model's score gave NaN at beta 2.5, object 0");
      assertThatThrownBy(() -> scorer.score(estimated(bundle, 2, drawn, 1, 3.5F)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "beta: found 3.5, expected a beta at which the model's numbers are finite (trained on"
                  + " 1.0 to 3.0)");
    }
  }

  @Test
  void refusesABundleWithoutAGraphOfScores() {
    Bundle bundle = GoldenBundle.openWithoutScores(directory);
    assertThat(Scorer.covers(bundle)).isFalse();
    try (Scorer scorer = Scorer.open(bundle, ExecutionProvider.CPU, 1)) {
      ScoreRequest request = request(bundle, allObjects(), OBJECTS, BETAS);
      assertThatThrownBy(() -> scorer.score(request))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "the model: found no graph of role SCORE, expected one, which a bundle of format 3"
                  + " has where trajectories are not too long");
    }
  }

  @Test
  void stopsWhenNobodyWaitsOrItIsClosed() {
    Bundle bundle = GoldenBundle.open(directory);
    Scorer scorer = Scorer.open(bundle, ExecutionProvider.CPU, 1);
    ScoreRequest request = request(bundle, allObjects(), OBJECTS, BETAS);
    assertThatThrownBy(() -> scorer.score(request, () -> true))
        .hasMessage("nobody waits for the scores");
    assertThat(scorer.score(request).logP()).hasSize(3 * OBJECTS);
    scorer.close();
    scorer.close();
    assertThatThrownBy(() -> scorer.score(request))
        .isInstanceOfSatisfying(
            LogitFlowException.class,
            failure -> assertThat(failure.category()).isEqualTo(Category.UNAVAILABLE))
        .hasMessage("the scorer is closed");
  }

  private static ScoreRequest estimated(
      Bundle bundle, int count, Trajectories trajectories, float... betas) {
    int[] lengths = IntStream.range(0, count).map(i -> 3).toArray();
    ByteBuffer tokens = ByteBuffer.allocate(3 * count);
    return ScoreRequest.of(bundle, betas, new Objects(tokens, lengths), trajectories);
  }

  private static ScoreRequest request(Bundle bundle, byte[] tokens, int count, float... betas) {
    int[] lengths = IntStream.range(0, count).map(i -> 3).toArray();
    return ScoreRequest.of(
        bundle, betas, new Objects(ByteBuffer.wrap(tokens), lengths), Trajectories.ofSeed(1));
  }

  /** Returns all strings by their value in base 4. */
  private static byte[] allObjects() {
    byte[] tokens = new byte[3 * OBJECTS];
    for (int i = 0; i < OBJECTS; i++) {
      tokens[3 * i] = (byte) (i / 16);
      tokens[3 * i + 1] = (byte) (i / 4 % 4);
      tokens[3 * i + 2] = (byte) (i % 4);
    }
    return tokens;
  }
}
