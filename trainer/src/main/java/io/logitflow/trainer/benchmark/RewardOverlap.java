package io.logitflow.trainer.benchmark;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.policy.ComputeDevice;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.reward.Reward;
import io.logitflow.trainer.training.ModeTracker;
import io.logitflow.trainer.training.TrainingLoop;
import java.time.Duration;
import java.util.Arrays;

/**
 * How much of its rate training keeps where the reward takes its time for each batch, without using
 * the processor, and is asked {@code training.reward_lag} rounds ahead. A run with the reward as it
 * is and one with the slow reward take turns, so that both meet the same machine.
 *
 * @param free rounds a second with the reward as it is
 * @param slow rounds a second with the slow reward
 */
public record RewardOverlap(double free, double slow) {
  /** Turns of each run whose median is taken; one more of each comes before them. */
  static final int TURNS = 5;

  /**
   * A reward that answers after a time.
   *
   * @param source gives the scores
   * @param latency how long each batch takes, however many are asked for at the same time
   */
  private record SlowReward(Reward source, Duration latency) implements Reward {
    @Override
    public double[] scores(ObjectBatch objects) {
      try {
        Thread.sleep(latency.toMillis());
      } catch (InterruptedException e) {
        throw new LogitFlowException(
            Category.FAILED, "reward: found an interrupt, expected to wait for scores", e);
      }
      return source.scores(objects);
    }

    @Override
    public int concurrency() {
      return Integer.MAX_VALUE;
    }
  }

  /**
   * Measures both rates, each the median of some turns.
   *
   * @param direct a configuration without a lag
   * @param lagged the same with one
   * @param environment its environment
   * @param reward a reward that takes next to no time
   * @param latency how long the slow reward takes for a batch
   * @param rounds rounds of a turn; the configurations have at least {@link #TURNS} + 1 times as
   *     many, and as many times their lag
   */
  public static RewardOverlap measure(
      TrainerConfig direct,
      TrainerConfig lagged,
      Environment environment,
      LogReward reward,
      Duration latency,
      int rounds) {
    LogReward late =
        new LogReward(new SlowReward(reward.reward(), latency), reward.transform(), reward.text());
    int lag = lagged.training().rewardLag();
    double[] free = new double[TURNS];
    double[] slow = new double[TURNS];
    try (TrainingLoop first = loop(direct, environment, reward);
        TrainingLoop second = loop(lagged, environment, late)) {
      rate(first, rounds);
      rate(second, rounds);
      for (int turn = 0; turn < TURNS; turn++) {
        free[turn] = rate(first, rounds);
        rate(second, lag); // What was scored while the other had its turn does not count.
        slow[turn] = rate(second, rounds);
      }
    }
    return new RewardOverlap(median(free), median(slow));
  }

  private static TrainingLoop loop(
      TrainerConfig config, Environment environment, LogReward reward) {
    ObjectBatch none = new ObjectBatch(0, environment.maximumLength(), new int[0], new int[0]);
    return new TrainingLoop(
        ComputeDevice.CPU, config, environment, reward, new ModeTracker(none), null, null);
  }

  private static double rate(TrainingLoop loop, int rounds) {
    long begin = System.nanoTime();
    for (int round = 0; round < rounds; round++) {
      loop.runRound();
    }
    return rounds / ((System.nanoTime() - begin) / 1e9);
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
