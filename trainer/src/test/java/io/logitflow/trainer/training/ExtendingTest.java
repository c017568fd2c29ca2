package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.BackToFront;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.oracle.TotalVariation;
import io.logitflow.trainer.policy.ComputeDevice;
import io.logitflow.trainer.reward.GcContent;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.reward.LogRewardTransform;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The environment and the reward that docs/extending.md shows train to their target. */
class ExtendingTest {
  @Test
  void anEnvironmentAndARewardOfOnesOwnReachTheTarget() {
    TrainerConfig config =
        ConfigLoader.parse(
            "extending",
            """
            environment: {type: autoregressive, tokens: [A, C, G, T], length: 4}
            reward: {type: table, file: none.csv, object_column: o, score_column: s}
            log_reward: {floor: 0.2}
            policy: {hidden_widths: [32], initial_log_partition: 5}
            training:
              rounds: 300
              batch: 64
              beta: {type: uniform, low: 1, high: 2}
            optimiser: {policy_learning_rate: 0.01, scale_learning_rate: 0.01, warm_up_rounds: 10}
            """,
            List.of());
    Environment environment = new BackToFront(List.of("A", "C", "G", "T"), "", 4);
    LogReward logReward =
        new LogReward(
            new GcContent(environment),
            new LogRewardTransform(config.logReward()),
            new ObjectText(environment));
    ModeTracker noModes = new ModeTracker(new ObjectBatch(0, 4, new int[0], new int[0]));
    double[] logRewards = logReward.of(environment.objects(0, 256));
    try (TrainingLoop loop =
        new TrainingLoop(ComputeDevice.CPU, config, environment, logReward, noModes, null, null)) {
      double before = distance(environment, loop, logRewards);
      while (!loop.finished()) {
        loop.runRound();
      }
      assertThat(before).isGreaterThan(0.15);
      assertThat(distance(environment, loop, logRewards)).isLessThan(0.03);
    }
  }

  private static double distance(Environment environment, TrainingLoop loop, double[] logRewards) {
    return TotalVariation.of(
        ExactDistribution.compute(environment, loop.policy(), 1.5f),
        ExactDistribution.target(logRewards, 1.5));
  }
}
