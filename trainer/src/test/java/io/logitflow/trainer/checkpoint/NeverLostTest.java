package io.logitflow.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.config.OfflineConfig;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.policy.ComputeDevice;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.training.ModeTracker;
import io.logitflow.trainer.training.OfflineDataset;
import io.logitflow.trainer.training.TrainingLoop;
import io.logitflow.trainer.training.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every option of training: a run that is lost twice and goes on from its checkpoints, in loops
 * that know nothing of each other, ends in the same bytes as one that was not.
 */
class NeverLostTest {
  private static final int ROUNDS = 14;
  private static final String STRINGS = "{type: prepend-append, tokens: [A, C, G, T], length: 3}";
  private static final String LETTERS = "tokens: [A, C, G]";
  private static final DataFingerprints DATA = new DataFingerprints("a", "b", "c", "d");

  @TempDir Path folder;

  static Stream<Arguments> options() {
    List<Arguments> cases = new ArrayList<>();
    for (String replay :
        List.of(
            "{type: none}",
            "{type: fifo, capacity: 20}",
            "{type: percentile, capacity: 20, percentile: 80}",
            "{type: prioritised, capacity: 20, by: reward, exponent: 2}",
            "{type: prioritised, capacity: 20, by: loss, exponent: 0.7}")) {
      cases.add(Arguments.of(STRINGS, List.of("training.replay=" + replay)));
    }
    for (String objective :
        List.of(
            "{type: log-partition-variance, group: 4}",
            "{type: detailed-balance}",
            "{type: sub-trajectory-balance, lambda: 0.8}")) {
      cases.add(Arguments.of(STRINGS, List.of("training.objective=" + objective)));
    }
    for (String conditioning :
        List.of(
            "{type: layer, encoding: {type: raw}}",
            "{type: layer, encoding: {type: thermometer, bins: 4, low: 1, high: 3}}",
            "{type: logit-scale, form: paper}",
            "{type: logit-scale+layer, form: positive, encoding: {type: raw}}")) {
      cases.add(Arguments.of(STRINGS, List.of("policy.conditioning=" + conditioning)));
    }
    cases.add(
        Arguments.of(
            STRINGS,
            List.of(
                "policy.conditioning={type: none}", "training.beta={type: constant, value: 2}")));
    for (String beta :
        List.of(
            "{type: clipped-normal, mean: 2, standard_deviation: 1, low: 1, high: 3}",
            "{type: log-uniform, low: 1, high: 3}",
            "{type: exponential-uniform, low: 1, high: 3}",
            "{type: annealed, from: 1, to: 4}",
            "{type: annealed, from: 4, to: 1}")) {
      cases.add(Arguments.of(STRINGS, List.of("training.beta=" + beta)));
    }
    for (String setting :
        List.of(
            "policy.backward=learned",
            "policy.network=table",
            "policy.conditioning.heads=2",
            "training.exploration.epsilon={type: linear, from: 0.5, to: 0, rounds: 10}",
            "training.exploration.beta={type: annealed, from: 3, to: 1}",
            "training.local_search={iterations: 2, steps: 2, acceptance: greedy}",
            "training.local_search={iterations: 2, steps: 2, acceptance: metropolis-hastings}",
            offline(ROUNDS),
            offline(6),
            "training.reward_lag=1",
            "training.reward_lag=5",
            "training.reward_lag=20",
            "optimiser.average={decay: 0.9}",
            "optimiser.schedule={type: constant}")) {
      cases.add(Arguments.of(STRINGS, List.of(setting)));
    }
    List<String> everything =
        List.of(
            "policy.backward=learned",
            "policy.network=mlp+table",
            "policy.conditioning={type: logit-scale+layer, form: affine, heads: 2}",
            "training.objective={type: sub-trajectory-balance, lambda: 0.9}",
            "training.beta={type: annealed, from: 1, to: 3}",
            "training.exploration.epsilon={type: linear, from: 0.5, to: 0, rounds: 10}",
            "training.replay={type: prioritised, capacity: 15, by: loss, exponent: 1}",
            "training.local_search={iterations: 1, steps: 1, acceptance: metropolis-hastings}",
            offline(4),
            "optimiser.average={decay: 0.9}");
    for (String environment :
        List.of(
            "{type: autoregressive, " + LETTERS + ", length: 3}",
            "{type: autoregressive, " + LETTERS + ", minimum_length: 1, length: 3}",
            "{type: non-autoregressive, " + LETTERS + ", length: 3}",
            "{type: hypergrid, dimensions: 2, side: 5}")) {
      cases.add(Arguments.of(environment, List.of()));
      cases.add(Arguments.of(environment, everything));
    }
    return cases.stream();
  }

  private static String offline(int rounds) {
    return "training.offline={file: scores.csv, object_column: sequence, score_column: score,"
        + " quantile: 0.6, rounds: "
        + rounds
        + "}";
  }

  @ParameterizedTest
  @MethodSource("options")
  void aRunThatIsLostGoesOnInTheSameBits(String environment, List<String> settings)
      throws IOException {
    Landscape landscape = landscape(environment, settings);
    assertNeverLost(landscape, landscape.config(), landscape.logReward(), settings.hashCode());
  }

  @Test
  void scoresThatWerePaidForAreNotPaidForAgain() throws IOException {
    Landscape landscape = landscape(STRINGS, List.of());
    RewardConfig paid = new RewardConfig.Grpc("localhost:1", 1, 1, 1, 1, 30);
    TrainerConfig config = landscape.config();
    TrainerConfig metered =
        new TrainerConfig(
            config.seed(),
            config.environment(),
            paid,
            config.logReward(),
            config.policy(),
            config.training(),
            config.optimiser(),
            config.evaluation());
    AtomicInteger asked = new AtomicInteger();
    LogReward counting =
        new LogReward(
            objects -> {
              asked.addAndGet(objects.rows());
              return landscape.logReward().scores(objects);
            },
            landscape.logReward().transform(),
            landscape.logReward().text());
    TrainingState end = assertNeverLost(landscape, metered, counting, 3);
    assertThat(end.paidScores().rows()).isEqualTo(30);
    assertThat(end.rewardCalls()).isLessThan(8 * ROUNDS);
    // Two runs, the one that was lost too asking once: it is lost right behind its checkpoints.
    assertThat(asked.get()).isEqualTo((int) (2 * end.rewardCalls()));
  }

  @Test
  void aRewardThatFailsLeavesTheLastCheckpointToGoOnFrom() throws IOException {
    Landscape landscape = landscape(STRINGS, List.of());
    AtomicInteger calls = new AtomicInteger();
    LogReward failing =
        new LogReward(
            objects -> {
              if (calls.incrementAndGet() > 8) {
                throw new LogitFlowException(
                    LogitFlowException.Category.UNAVAILABLE, "reward: the service is gone");
              }
              return landscape.logReward().scores(objects);
            },
            landscape.logReward().transform(),
            landscape.logReward().text());
    TrainerConfig config = landscape.config();
    Path run = folder.resolve("failed");
    try (CheckpointStore store = new CheckpointStore(run, false);
        TrainingLoop loop = loop(landscape, config, failing, null)) {
      assertThatThrownBy(
              () -> {
                while (!loop.finished()) {
                  loop.runRound();
                  if (loop.round() % 3 == 0) {
                    store.write(config, DATA, loop.snapshot());
                  }
                }
              })
          .isInstanceOf(LogitFlowException.class)
          .hasMessage("reward: the service is gone");
    }
    TrainingState straight = train(landscape, config, landscape.logReward(), null, ROUNDS);
    try (CheckpointStore store = new CheckpointStore(run, true)) {
      TrainingState saved = store.latest().orElseThrow().state();
      assertThat(saved.round()).isEqualTo(6);
      assertThat(train(landscape, config, landscape.logReward(), saved, ROUNDS))
          .usingRecursiveComparison()
          .withStrictTypeChecking()
          .isEqualTo(straight);
    }
  }

  private Landscape landscape(String environment, List<String> settings) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "policy.hidden_widths=[8]",
                "training.rounds=" + ROUNDS,
                "training.batch=8",
                "training.metrics_interval=3",
                "optimiser.warm_up_rounds=5"));
    all.addAll(settings);
    return new Landscape(folder, environment, all.toArray(String[]::new));
  }

  private TrainingState assertNeverLost(
      Landscape landscape, TrainerConfig config, LogReward reward, long seed) throws IOException {
    TrainingState straight = train(landscape, config, reward, null, ROUNDS);
    Random random = new Random(seed);
    Path run = folder.resolve("run");
    TrainingState state = null;
    int round = 0;
    for (int kill = 0; kill < 2; kill++) {
      round += 1 + random.nextInt(ROUNDS / 2 - 1);
      TrainingState reached = train(landscape, config, reward, state, round);
      try (CheckpointStore store = new CheckpointStore(run, true)) {
        store.write(config, DATA, reached);
      }
      try (CheckpointStore store = new CheckpointStore(run, true)) {
        Checkpoint checkpoint = store.latest().orElseThrow();
        assertThat(checkpoint.round()).isEqualTo(round);
        assertThat(checkpoint.config()).isEqualTo(config);
        state = checkpoint.state();
      }
    }
    TrainingState resumed = train(landscape, config, reward, state, ROUNDS);
    assertThat(resumed.parameters()).isEqualTo(straight.parameters());
    assertThat(resumed).usingRecursiveComparison().withStrictTypeChecking().isEqualTo(straight);
    write(config, straight, folder.resolve("straight"));
    write(config, resumed, folder.resolve("resumed"));
    try (Stream<Path> files = Files.walk(folder.resolve("straight"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path other = folder.resolve("resumed").resolve(folder.resolve("straight").relativize(file));
        assertThat(other).hasSameBinaryContentAs(file);
      }
    }
    return straight;
  }

  private static void write(TrainerConfig config, TrainingState state, Path run) {
    try (CheckpointStore store = new CheckpointStore(run, false)) {
      store.write(config, DATA, state);
    }
  }

  /** Trains in a loop of its own until a round. */
  private TrainingState train(
      Landscape landscape,
      TrainerConfig config,
      LogReward reward,
      @Nullable TrainingState saved,
      int until) {
    try (TrainingLoop loop = loop(landscape, config, reward, saved)) {
      while (loop.round() < until) {
        loop.runRound();
      }
      return loop.snapshot();
    }
  }

  private TrainingLoop loop(
      Landscape landscape, TrainerConfig config, LogReward reward, @Nullable TrainingState saved) {
    OfflineConfig offline = config.training().offline();
    ObjectBatch modes = landscape.allObjects();
    return new TrainingLoop(
        ComputeDevice.CPU,
        config,
        landscape.environment(),
        reward,
        new ModeTracker(modes),
        offline == null ? null : OfflineDataset.read(offline, folder, landscape.environment()),
        saved);
  }
}
