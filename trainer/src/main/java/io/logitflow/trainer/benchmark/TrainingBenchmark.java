package io.logitflow.trainer.benchmark;

import io.logitflow.trainer.config.ConditioningConfig;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.LoadedConfig;
import io.logitflow.trainer.config.PolicyConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Environments;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.reward.LogRewardTransform;
import io.logitflow.trainer.reward.Rewards;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.statistics.descriptive.Median;

/**
 * The cost of a trajectory-balance step on the environment and the reward of a config: fresh
 * trajectories, one scale of the form {@code positive}, a multilayer perceptron of two hidden
 * layers and P_B uniform. A step that shares equal states and one that does not are measured in
 * turns, and the rate of large matrix products between them, so that what else the machine does
 * meets all three.
 */
public final class TrainingBenchmark implements AutoCloseable {
  private static final List<String> SETTINGS =
      List.of("training.replay={type: none}", "training.objective={type: trajectory-balance}");

  private static final int BLOCKS = 7;
  private static final int OVERLAP_BATCH = 32;
  private static final int OVERLAP_WIDTH = 128;

  /** More rounds than fit into the latency at that size. */
  private static final int LAG = 48;

  private static final Duration LATENCY = Duration.ofMillis(50);

  private final Path config;
  private final double blockMilliseconds;
  private final Environment environment;
  private final LogReward logReward;
  private final MatrixRate rate = new MatrixRate();
  private boolean warm;

  /**
   * Reads environment and reward.
   *
   * @param config the configuration file
   * @param blockMilliseconds CPU time of a block of rounds, at least one round; of the figures the
   *     median of seven blocks is taken
   */
  public TrainingBenchmark(Path config, double blockMilliseconds) {
    this.config = config;
    this.blockMilliseconds = blockMilliseconds;
    LoadedConfig loaded = ConfigLoader.load(config, SETTINGS);
    this.environment = Environments.create(loaded.config().environment());
    this.logReward =
        new LogReward(
            Rewards.create(loaded.config().reward(), loaded.directory(), environment),
            new LogRewardTransform(loaded.config().logReward()),
            new ObjectText(environment));
  }

  /**
   * Measures a step of a size.
   *
   * @param batch B, trajectories of a step
   * @param width of both hidden layers
   * @return the plain step, and the one that shares states
   */
  public List<StepFigures> measure(int batch, int width) {
    TrainerConfig run = run(width, "training.batch=" + batch);
    try (MeasuredStep plain = step(new StepCase(batch, width, false), run);
        MeasuredStep unique = step(new StepCase(batch, width, true), run)) {
      int plainRounds = rounds(plain);
      int uniqueRounds = rounds(unique);
      warm = true;
      double[] rates = new double[BLOCKS];
      rate.measure();
      for (int block = 0; block < BLOCKS; block++) {
        plain.measure(plainRounds);
        rates[block] = rate.measure();
        unique.measure(uniqueRounds);
      }
      double median = Median.withDefaults().evaluate(rates);
      return List.of(plain.figures(median), unique.figures(median));
    }
  }

  /** Measures what a reward of 50 ms a batch leaves of the rate, asked 48 rounds ahead. */
  public RewardOverlap overlap() {
    // About as long as the blocks of one step together, and at the least a few rounds.
    int rounds = (int) Math.max(4, blockMilliseconds);
    String batch = "training.batch=" + OVERLAP_BATCH;
    String total = "training.rounds=" + (RewardOverlap.TURNS + 1) * (rounds + LAG);
    return RewardOverlap.measure(
        run(OVERLAP_WIDTH, batch, total),
        run(OVERLAP_WIDTH, batch, total, "training.reward_lag=" + LAG),
        environment,
        logReward,
        LATENCY,
        rounds);
  }

  private MeasuredStep step(StepCase step, TrainerConfig run) {
    return new MeasuredStep(step, run, environment, logReward);
  }

  private TrainerConfig run(int width, String... settings) {
    List<String> all = new ArrayList<>(SETTINGS);
    all.addAll(List.of(settings));
    TrainerConfig file = ConfigLoader.load(config, all).config();
    PolicyConfig policy =
        new PolicyConfig(
            PolicyConfig.Network.MLP,
            List.of(width, width),
            null,
            new ConditioningConfig.LogitScale(ConditioningConfig.ScaleForm.POSITIVE, 1),
            PolicyConfig.Backward.UNIFORM,
            file.policy().initialLogPartition());
    return new TrainerConfig(
        file.seed(),
        file.environment(),
        file.reward(),
        file.logReward(),
        policy,
        file.training(),
        file.optimiser(),
        file.evaluation());
  }

  /** Warms up, the first time until everything is compiled, and returns the rounds of a block. */
  private int rounds(MeasuredStep step) {
    double last = step.warmUp(warm ? 2 * blockMilliseconds : 20 * blockMilliseconds);
    return (int) Math.max(1, blockMilliseconds / last);
  }

  @Override
  public void close() {
    rate.close();
    logReward.reward().close();
  }
}
