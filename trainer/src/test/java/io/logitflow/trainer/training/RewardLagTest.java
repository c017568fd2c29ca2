package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.policy.ComputeDevice;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.reward.Reward;
import io.logitflow.trainer.training.RandomStreams.Purpose;
import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rounds that learn from trajectories which were drawn some rounds before and scored since. */
@Timeout(300)
class RewardLagTest {
  private static final int LAG = 3;
  private static final int ROUNDS = 9;
  private static final int BATCH = 8;
  private static final Duration LONG = Duration.ofSeconds(50);

  @TempDir Path folder;
  private Landscape landscape;

  /** What happens to the n-th batch, counted from 0, before its scores are there. */
  private interface Course {
    void before(int batch) throws InterruptedException;
  }

  /** Scores like the landscape's, and writes down what it is asked. */
  private final class AskedReward implements Reward {
    private final List<ObjectBatch> batches = new ArrayList<>();
    private final int concurrency;
    private final Course course;

    AskedReward(int concurrency, Course course) {
      this.concurrency = concurrency;
      this.course = course;
    }

    AskedReward() {
      this(1, batch -> {});
    }

    @Override
    public double[] scores(ObjectBatch objects) {
      int batch;
      synchronized (batches) {
        batch = batches.size();
        batches.add(objects);
        batches.notifyAll();
      }
      try {
        course.before(batch);
      } catch (InterruptedException e) {
        throw new LogitFlowException(LogitFlowException.Category.FAILED, "called off", e);
      }
      return landscape.logReward().scores(objects);
    }

    @Override
    public int concurrency() {
      return concurrency;
    }

    List<IntBuffer> objects() {
      return batches.stream().flatMap(batch -> keys(batch).stream()).toList();
    }
  }

  @BeforeEach
  void open() throws IOException {
    landscape =
        lagged(
            ROUNDS,
            "training.replay={type: prioritised, capacity: 20, by: loss, exponent: 1}",
            "training.metrics_interval=1");
  }

  private Landscape lagged(int rounds, String... more) throws IOException {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "policy.hidden_widths=[8]",
                "training.reward_lag=" + LAG,
                "training.rounds=" + rounds,
                "training.batch=" + BATCH));
    settings.addAll(List.of(more));
    return new Landscape(folder, 3, settings.toArray(String[]::new));
  }

  @AfterEach
  void leavesNoThread() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("reward-")) {
        thread.join(LONG.toMillis()); // It may be about to end.
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }

  @Test
  void aSlowRewardEndsInTheSameBitsAndIsAskedALagAhead() {
    TrainingState instant = train(landscape.config(), landscape.logReward().reward(), null);
    Object asked = new Object();
    int[] counts = new int[2]; // Batches asked for, and rounds done.
    AskedReward slow =
        new AskedReward(
            LAG + 1,
            batch -> {
              synchronized (asked) {
                counts[0]++;
                asked.notifyAll();
                while (counts[0] < Math.min(counts[1] + LAG + 1, ROUNDS)) {
                  asked.wait();
                }
              }
            });
    try (TrainingLoop loop = loop(landscape.config(), slow, null)) {
      while (!loop.finished()) {
        loop.runRound();
        synchronized (asked) {
          counts[1]++;
        }
      }
      assertSame(loop.snapshot(), instant);
    }
    assertThat(slow.batches).hasSize(ROUNDS);
  }

  /** β is uniform within a half of a centre that the schedule moves by 10 each round. */
  @Test
  void aBatchIsDrawnByTheScheduleOfItsOwnRound() throws IOException {
    Landscape annealed =
        lagged(ROUNDS, "training.beta={type: annealed, from: 10, to: " + 10 * ROUNDS + "}");
    try (TrainingLoop loop = loop(annealed.config(), new AskedReward(), null)) {
      loop.runRound();
      List<BatchAhead> ahead = loop.snapshot().ahead();
      assertThat(ahead).hasSize(LAG);
      for (int round = 1; round <= LAG; round++) {
        float centre = 10 * (round + 1);
        for (float beta : ahead.get(round - 1).betas()) {
          assertThat(beta).as("round %d", round).isBetween(centre - 0.5f, centre + 0.5f);
        }
      }
    }
  }

  @Test
  void everyBatchIsLearnedOnceInItsRoundAtTheBetaOfItsDraw() {
    AskedReward reward = new AskedReward();
    List<float[]> betas = new ArrayList<>();
    List<double[]> scores = new ArrayList<>();
    try (TrainingLoop loop = loop(landscape.config(), reward, null)) {
      loop.addObserver(
          (metrics, drawn, sampled, losses) -> {
            betas.add(drawn);
            scores.add(sampled);
            assertThat(metrics.rewardCalls()).isEqualTo(BATCH * (metrics.round() + 1));
          });
      while (!loop.finished()) {
        loop.runRound();
        assertThat(loop.snapshot().ahead()).hasSize((int) Math.min(LAG, ROUNDS - loop.round()));
      }
      TrainingState state = loop.snapshot();
      assertThat(state.moments().steps()).isEqualTo(2 * ROUNDS);
      assertThat(state.rewardCalls()).isEqualTo(BATCH * ROUNDS);
    }
    assertThat(reward.batches).hasSize(ROUNDS);
    BetaDistribution distribution =
        new BetaDistribution(landscape.config().training().beta(), ROUNDS);
    RandomStreams random = new RandomStreams(landscape.config().seed());
    for (int round = 0; round < ROUNDS; round++) {
      assertThat(scores.get(round))
          .isEqualTo(landscape.logReward().scores(reward.batches.get(round)));
      assertThat(betas.get(round))
          .isEqualTo(distribution.draw(random.of(Purpose.AHEAD, round), round, BATCH, 1));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, true", "0, false", "5, true", "5, false", "1000, true", "1000, false"})
  void aRunThatIsStoppedBehindAnyRoundGoesOnInTheSameBits(int capacity, boolean answers) {
    TrainerConfig config = priced(capacity);
    AskedReward unbroken = new AskedReward();
    TrainingState straight = train(config, unbroken, null);
    assertThat(straight.rewardCalls()).isEqualTo(unbroken.objects().size());
    if (capacity == 1000) {
      assertThat(unbroken.objects()).doesNotHaveDuplicates().hasSizeLessThan(BATCH * ROUNDS);
    }
    for (int stop = 0; stop < ROUNDS; stop++) {
      int learned = stop;
      CountDownLatch open = new CountDownLatch(1);
      AskedReward first =
          new AskedReward(
              1,
              batch -> {
                if (batch >= learned) {
                  open.await();
                }
              });
      TrainingState saved;
      try (TrainingLoop loop = loop(config, first, null)) {
        while (loop.round() < stop) {
          loop.runRound();
        }
        if (answers) {
          open.countDown();
          loop.settle(LONG);
        }
        saved = loop.snapshot();
      }
      AskedReward second = new AskedReward();
      assertSame(train(config, second, saved), straight);
      if (answers) {
        List<IntBuffer> asked = new ArrayList<>(first.objects());
        asked.addAll(second.objects());
        assertThat(asked).isEqualTo(unbroken.objects());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, ROUNDS - 1})
  void aFailureEndsTheRoundOfItsBatchAndLosesNothingThatWasAnswered(int failing) {
    TrainerConfig config = priced(1000);
    TrainingState straight = train(config, new AskedReward(), null);
    AskedReward broken =
        new AskedReward(
            1,
            batch -> {
              if (batch == failing) {
                throw new LogitFlowException(LogitFlowException.Category.UNAVAILABLE, "no service");
              }
            });
    TrainingState saved;
    try (TrainingLoop loop = loop(config, broken, null)) {
      assertThatThrownBy(
              () -> {
                while (!loop.finished()) {
                  loop.runRound();
                }
              })
          .isInstanceOf(LogitFlowException.class)
          .hasMessage("no service");
      assertThat(loop.round()).isEqualTo(failing);
      assertThat(loop.betweenRounds()).isTrue();
      loop.settle(LONG);
      saved = loop.snapshot();
    }
    assertThat(saved.ahead()).hasSize(Math.min(LAG + 1, ROUNDS - failing));
    AskedReward resumed = new AskedReward();
    assertSame(train(config, resumed, saved), straight);
    Set<IntBuffer> again = new HashSet<>(resumed.objects());
    again.retainAll(broken.objects());
    assertThat(again).isEqualTo(new HashSet<>(keys(broken.batches.get(failing))));
  }

  @Test
  void fewerRoundsDropWhatWasDrawnBehindThemAndMoreDrawOn() throws IOException {
    TrainingState middle;
    try (TrainingLoop loop = loop(landscape.config(), new AskedReward(), null)) {
      loop.runRound();
      middle = loop.snapshot();
    }
    for (int rounds : new int[] {2, ROUNDS + 4}) {
      Landscape other = lagged(rounds);
      TrainingState end = train(other.config(), new AskedReward(), middle);
      assertThat(end.round()).isEqualTo(rounds);
      assertThat(end.ahead()).isEmpty();
      assertThat(end.rewardCalls()).isEqualTo((long) rounds * BATCH);
    }
  }

  private static List<IntBuffer> keys(ObjectBatch objects) {
    List<IntBuffer> keys = new ArrayList<>();
    for (int row = 0; row < objects.rows(); row++) {
      keys.add(objects.key(row));
    }
    return keys;
  }

  /** Returns the landscape's config with a reward that keeps scores. */
  private TrainerConfig priced(int capacity) {
    TrainerConfig config = landscape.config();
    return new TrainerConfig(
        config.seed(),
        config.environment(),
        new RewardConfig.Grpc("localhost:1", 1, 1, 1, 1, capacity),
        config.logReward(),
        config.policy(),
        config.training(),
        config.optimiser(),
        config.evaluation());
  }

  private TrainingState train(TrainerConfig config, Reward reward, @Nullable TrainingState saved) {
    try (TrainingLoop loop = loop(config, reward, saved)) {
      while (!loop.finished()) {
        loop.runRound();
      }
      return loop.snapshot();
    }
  }

  private TrainingLoop loop(TrainerConfig config, Reward reward, @Nullable TrainingState saved) {
    LogReward same = landscape.logReward();
    return new TrainingLoop(
        ComputeDevice.CPU,
        config,
        landscape.environment(),
        new LogReward(reward, same.transform(), same.text()),
        new ModeTracker(landscape.allObjects()),
        null,
        saved);
  }

  private static void assertSame(TrainingState found, TrainingState expected) {
    assertThat(found.parameters()).isEqualTo(expected.parameters());
    assertThat(found).usingRecursiveComparison().withStrictTypeChecking().isEqualTo(expected);
  }
}
