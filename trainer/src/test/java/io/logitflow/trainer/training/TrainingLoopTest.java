package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.oracle.Landscape;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingLoopTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"positive, 0", "positive, 1", "paper, 0"})
  void reachesTheExactTargetOnASmallLandscape(String form, long seed) throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            3,
            "seed=" + seed,
            "policy.hidden_widths=[64, 64]",
            "policy.conditioning.form=" + form,
            "policy.initial_log_partition=5",
            "training.rounds=2000",
            "training.batch=128",
            "optimiser.policy_learning_rate=0.004",
            "optimiser.scale_learning_rate=0.002");
    double[] logRewards = landscape.logReward().of(landscape.allObjects());
    try (TrainingLoop loop = loop(landscape, null)) {
      while (!loop.finished()) {
        loop.runRound();
      }
      for (float beta : new float[] {1, 2, 3}) {
        double[] model = ExactDistribution.compute(landscape.environment(), loop.policy(), beta);
        double[] target = ExactDistribution.target(logRewards, beta);
        assertThat(ExactDistribution.totalVariation(model, target))
            .as("total variation at %s", beta)
            .isLessThan(0.02);
        assertThat((double) loop.policy().logPartition(new float[] {beta})[0])
            .isCloseTo(ExactDistribution.logPartition(logRewards, beta), within(0.05));
      }
    }
  }

  @Test
  void aRestoredRunEndsInTheSameBits() throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            4,
            "training.rounds=30",
            "training.batch=16",
            "training.replay.capacity=100",
            "training.metrics_interval=4",
            "training.exploration_epsilon=0.1");
    TrainingState straight;
    try (TrainingLoop loop = loop(landscape, null)) {
      while (!loop.finished()) {
        loop.runRound();
      }
      straight = loop.snapshot();
    }
    TrainingState half;
    try (TrainingLoop loop = loop(landscape, null)) {
      for (int round = 0; round < 13; round++) {
        loop.runRound();
      }
      half = loop.snapshot();
    }
    try (TrainingLoop loop = loop(landscape, half)) {
      while (!loop.finished()) {
        loop.runRound();
      }
      TrainingState resumed = loop.snapshot();
      assertThat(resumed.parameters()).isEqualTo(straight.parameters());
      assertThat(resumed).usingRecursiveComparison().withStrictTypeChecking().isEqualTo(straight);
    }
    assertThat(straight.replay().objects().rows()).isEqualTo(100);
    assertThat(straight.metrics()).extracting(RoundMetrics::round).startsWith(3L, 7L).endsWith(29L);
  }

  @Test
  void parametersThatAreNotFiniteAreNeverSaved() throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            2,
            "training.batch=4",
            "optimiser.policy_learning_rate=1e39",
            "optimiser.warm_up_rounds=0",
            "training.replay.capacity=0");
    try (TrainingLoop loop = loop(landscape, null)) {
      loop.runRound();
      assertThatThrownBy(loop::snapshot)
          .isInstanceOf(LogitFlowException.class)
          .hasMessageStartingWith("training: found a parameter of ")
          .hasMessageEndingWith(
              " after round 1, expected finite ones; a lower learning rate may help");
    }
  }

  @Test
  void withoutReplayARoundIsOneStep() throws Exception {
    Landscape landscape =
        new Landscape(folder, 2, "training.replay.capacity=0", "training.batch=4");
    try (TrainingLoop loop = loop(landscape, null)) {
      loop.runRound();
      TrainingState state = loop.snapshot();
      assertThat(state.moments().steps()).isEqualTo(1);
      assertThat(state.replay().objects().rows()).isZero();
      assertThat(state.rewardCalls()).isEqualTo(4);
    }
  }

  private static TrainingLoop loop(Landscape landscape, @Nullable TrainingState saved) {
    return new TrainingLoop(
        landscape.config(),
        landscape.environment(),
        landscape.logReward(),
        new ModeTracker(landscape.allObjects()),
        saved);
  }
}
