package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.djl.engine.EngineException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.config.OfflineConfig;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.objective.TrainingBatch;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.oracle.TotalVariation;
import io.logitflow.trainer.policy.ComputeDevice;
import io.logitflow.trainer.policy.TensorEngine;
import io.logitflow.trainer.reward.LogReward;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLoopTest {
  @TempDir Path folder;

  @Test
  void parametersThatAreNotFiniteAreNeverSaved() throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            2,
            "training.batch=4",
            "optimiser.policy_learning_rate=1e39",
            "optimiser.warm_up_rounds=0",
            "training.replay={type: none}");
    try (TrainingLoop loop = loop(landscape)) {
      assertThatThrownBy(loop::runRound)
          .isInstanceOf(LogitFlowException.class)
          .hasMessage(
              "training: found parameters that are not finite after a step in round 0, expected"
                  + " finite ones; lower optimiser.policy_learning_rate");
      assertThat(loop.betweenRounds()).isFalse();
      assertThatThrownBy(loop::snapshot).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aLossThatIsNotFiniteStopsTheRound() throws Exception {
    Landscape landscape =
        new Landscape(folder, 2, "training.batch=4", "policy.initial_log_partition=1e30");
    try (TrainingLoop loop = loop(landscape)) {
      assertThatThrownBy(loop::runRound)
          .isInstanceOf(LogitFlowException.class)
          .hasMessage(
              "training: found a loss of Infinity in round 0, expected a finite one; a lower"
                  + " optimiser.policy_learning_rate may help");
    }
  }

  @Test
  void metricsWithoutAFiniteLogPartitionAreRefused() throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            2,
            "training.batch=4",
            "training.metrics_interval=1",
            "training.replay={type: none}",
            "optimiser.log_partition_learning_rate=1e30",
            "optimiser.warm_up_rounds=0");
    try (TrainingLoop loop = loop(landscape)) {
      assertThatThrownBy(loop::runRound)
          .isInstanceOf(LogitFlowException.class)
          .hasMessageMatching(
              "training: found log Z of (NaN|-?Infinity) after a step in round 0, expected a finite"
                  + " one; a lower optimiser.log_partition_learning_rate may help");
      assertThat(loop.metrics()).isEmpty();
      assertThat(loop.betweenRounds()).isFalse();
    }
  }

  @Test
  void modesAreCountedWhereSomeAreKnown() throws Exception {
    Landscape landscape = new Landscape(folder, 2, "training.batch=4");
    ModeTracker none = new ModeTracker(landscape.noModes());
    try (TrainingLoop loop =
        new TrainingLoop(
            ComputeDevice.CPU,
            landscape.config(),
            landscape.environment(),
            landscape.logReward(),
            none,
            null,
            null)) {
      loop.runRound();
      assertThat(loop.lastRound().modesFound()).isNull();
    }
    try (TrainingLoop loop = loop(landscape)) {
      loop.runRound();
      assertThat(loop.lastRound().modesFound()).isNotNull();
    }
  }

  @Test
  void aGpuThatIsNotThereIsNotReplacedByTheCpu() throws Exception {
    assumeFalse(TensorEngine.engine().hasCapability("CUDA"));
    Landscape landscape = new Landscape(folder, 2, "training.batch=4");
    assertThatThrownBy(() -> loop(ComputeDevice.GPU, landscape))
        .isInstanceOf(EngineException.class);
  }

  @Test
  void withoutReplayARoundIsOneStep() throws Exception {
    Landscape landscape =
        new Landscape(folder, 2, "training.replay={type: none}", "training.batch=4");
    try (TrainingLoop loop = loop(landscape)) {
      loop.runRound();
      RoundMetrics shown = loop.lastRound();
      TrainingState state = loop.snapshot();
      assertThat(state.moments().steps()).isEqualTo(1);
      assertThat(state.replay().objects().rows()).isZero();
      assertThat(state.rewardCalls()).isEqualTo(4);
      assertThat(shown.replayLoss()).isNull();
      assertThat(shown.replaySize()).isNull();
      assertThat(shown.stateFlowGradientNorm()).isNull();
    }
  }

  @Test
  void freshTrajectoriesTrainAtTheBetaOfExploration() throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            2,
            "training.batch=16",
            "training.metrics_interval=1",
            "training.beta={type: uniform, low: 1, high: 2}",
            "training.exploration.beta={type: constant, value: 7}");
    List<float[]> betas = new ArrayList<>();
    try (TrainingLoop loop = loop(landscape)) {
      loop.addObserver((metrics, drawn, scores, losses) -> betas.add(drawn));
      loop.runRound();
      assertThat(loop.lastRound().replayLoss()).isNotNull();
    }
    assertThat(betas).hasSize(1);
    assertThat(betas.get(0)).hasSize(16).containsOnly(7);
  }

  @Test
  void trajectoriesToKnownObjectsTrainAtTheBetaOfTraining() throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            2,
            "training.beta={type: uniform, low: 1, high: 2}",
            "training.exploration.beta={type: constant, value: 7}");
    ObjectBatch objects = landscape.allObjects();
    double[] logRewards = landscape.logReward().of(objects);
    try (TrainingLoop loop = loop(landscape)) {
      BackwardTrajectories backward =
          new BackwardTrajectories(
              landscape.config().training(), 4, landscape.environment(), loop.policy());

      TrainingBatch batch = backward.draw(new Random(3), 0, objects, logRewards);

      assertThat(batch.logRewards()).isEqualTo(logRewards);
      assertThat(batch.trajectories().objects()).isEqualTo(objects);
      Set<Float> distinct = new HashSet<>();
      for (int row = 0; row < objects.rows(); row++) {
        float beta = batch.betas()[row];
        assertThat(beta).isBetween(1f, 2f).isEqualTo(batch.betas()[row / 4 * 4]);
        distinct.add(beta);
      }
      assertThat(distinct).hasSize(objects.rows() / 4);
    }
  }

  @Test
  void metricsSayWhatTheRoundShowed() throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            "{type: autoregressive, tokens: [A, C], minimum_length: 1, length: 3}",
            "training.batch=8",
            "training.rounds=5",
            "training.metrics_interval=2",
            "training.exploration.epsilon={type: linear, from: 0.5, to: 0.1, rounds: 4}",
            "training.local_search={iterations: 2, steps: 1, acceptance: greedy}",
            "training.objective={type: detailed-balance}",
            "optimiser.warm_up_rounds=10",
            "optimiser.schedule={type: constant}");
    Map<Long, double[]> scores = new TreeMap<>();
    List<RoundMetrics> rounds = new ArrayList<>();
    try (TrainingLoop loop = loop(landscape)) {
      loop.addObserver(
          (metrics, betas, sampled, losses) -> {
            scores.put(metrics.round(), sampled.clone());
            assertThat(losses).hasSize(8);
            assertThat((double) mean(losses)).isCloseTo(metrics.loss(), within(1e-3));
          });
      while (!loop.finished()) {
        loop.runRound();
        rounds.add(loop.lastRound());
      }
      assertThat(loop.metrics()).containsExactly(rounds.get(1), rounds.get(3), rounds.get(4));
    }
    assertThat(scores).containsOnlyKeys(1L, 3L, 4L);
    RoundMetrics second = rounds.get(1);
    double[] sampled = scores.getOrDefault(1L, new double[0]);
    assertThat(second.meanScore()).isEqualTo(Arrays.stream(sampled).average().orElseThrow());
    assertThat(second.bestScore()).isEqualTo(Arrays.stream(sampled).max().orElseThrow());
    assertThat(second.meanLength()).isBetween(1.0, 3.0);
    assertThat(second.epsilon()).isCloseTo(0.4, within(1e-12));
    assertThat(second.learningRateFactor()).isCloseTo(0.2, within(1e-12));
    // Eight samples and two times eight candidates a round.
    assertThat(second.rewardCalls()).isEqualTo(48);
    assertThat(second.replaySize()).isBetween(8, 14);
    assertThat(second.topMeanScore()).isPositive();
    assertThat(second.policyGradientNorm()).isPositive();
    assertThat(second.stateFlowGradientNorm()).isPositive();
    assertThat(second.logPartitionGradientNorm()).isNull();
  }

  @Test
  void offlineRoundsAskNobodyAndOnlineOnesFollow() throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            3,
            "training.batch=8",
            "training.rounds=6",
            "training.metrics_interval=1",
            "training.offline={file: scores.csv, object_column: sequence, score_column: score,"
                + " quantile: 0.25, rounds: 4}");
    try (TrainingLoop loop = loop(landscape)) {
      for (int round = 0; round < 4; round++) {
        loop.runRound();
        RoundMetrics shown = loop.lastRound();
        assertThat(shown.rewardCalls()).isZero();
        assertThat(shown.meanScore()).isNull();
        assertThat(shown.topMeanScore()).isNull();
        assertThat(shown.epsilon()).isNull();
      }
      TrainingState offline = loop.snapshot();
      assertThat(offline.moments().steps()).isEqualTo(4);
      assertThat(offline.replay().objects().rows()).isZero();
      assertThat(offline.best().rows()).isZero();
      assertThat(offline.modesFound()).isEmpty();
      loop.runRound();
      RoundMetrics online = loop.lastRound();
      assertThat(online.rewardCalls()).isEqualTo(8);
      assertThat(online.meanScore()).isPositive();
      assertThat(loop.snapshot().moments().steps()).isEqualTo(6);
    }
  }

  @Test
  void aWholeDataSetOfflineIsLearnedToTheTarget() throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            2,
            "training.batch=64",
            "training.rounds=400",
            "policy.hidden_widths=[32]",
            "optimiser.policy_learning_rate=0.01",
            "optimiser.log_partition_learning_rate=0.03",
            "training.offline={file: scores.csv, object_column: sequence, score_column: score,"
                + " quantile: 1, rounds: 400}");
    double[] logRewards = landscape.logReward().of(landscape.allObjects());
    try (TrainingLoop loop = loop(landscape)) {
      while (!loop.finished()) {
        loop.runRound();
      }
      double[] model = ExactDistribution.compute(landscape.environment(), loop.policy(), 2);
      double[] target = ExactDistribution.target(logRewards, 2);
      assertThat(TotalVariation.of(model, target)).isLessThan(0.03);
      assertThat(loop.rewardCalls()).isZero();
    }
  }

  @Test
  void aRewardThatFailsStopsTheRoundWithItsMessage() throws Exception {
    Landscape landscape = new Landscape(folder, 2, "training.batch=4");
    LogReward failing =
        new LogReward(
            objects -> {
              throw new LogitFlowException(LogitFlowException.Category.UNAVAILABLE, "no service");
            },
            landscape.logReward().transform(),
            landscape.logReward().text());
    ModeTracker modes = new ModeTracker(landscape.noModes());
    try (TrainingLoop loop =
        new TrainingLoop(
            ComputeDevice.CPU,
            landscape.config(),
            landscape.environment(),
            failing,
            modes,
            null,
            null)) {
      assertThatThrownBy(loop::runRound)
          .isInstanceOf(LogitFlowException.class)
          .hasMessage("no service");
      assertThat(loop.round()).isZero();
      assertThat(loop.betweenRounds()).isTrue();
      assertThat(loop.snapshot().round()).isZero();
    }
  }

  private static float mean(float[] values) {
    float sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private TrainingLoop loop(Landscape landscape) {
    return loop(ComputeDevice.CPU, landscape);
  }

  private TrainingLoop loop(ComputeDevice device, Landscape landscape) {
    OfflineConfig offline = landscape.config().training().offline();
    return new TrainingLoop(
        device,
        landscape.config(),
        landscape.environment(),
        landscape.logReward(),
        new ModeTracker(landscape.allObjects()),
        offline == null ? null : OfflineDataset.read(offline, folder, landscape.environment()),
        null);
  }
}
