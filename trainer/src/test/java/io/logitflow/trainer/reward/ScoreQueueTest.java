package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.trainer.config.LogRewardConfig;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.environment.PrependAppend;
import java.nio.IntBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ScoreQueueTest {
  private static final int WIDTH = 2;
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final ObjectText TEXT =
      new ObjectText(new PrependAppend(List.of("0", "1"), "", WIDTH));

  /** Scores objects by their tokens, each of them asked for in a list. */
  private static class AskedReward implements Reward {
    private final List<IntBuffer> asked = Collections.synchronizedList(new ArrayList<>());

    @Override
    public double[] scores(ObjectBatch objects) {
      asked.addAll(keys(objects));
      return expected(objects);
    }

    @Override
    public boolean metered() {
      return true;
    }
  }

  @Property(tries = 200, seed = "23")
  void asksWhatAPlainListWouldAndCountsWhenTaken(
      @ForAll @Size(max = 10) List<@Size(max = 6) List<@From("object") int[]>> batches,
      @ForAll @IntRange(max = 6) int capacity,
      @ForAll @IntRange(max = 3) int lag,
      @ForAll @IntRange(max = 10) int restart) {
    AskedReward reward = new AskedReward();
    ScoreLedger ledger = ledger(reward, capacity);
    ScoreQueue queue = new ScoreQueue(ledger, lag + 1);
    List<IntBuffer> kept = new ArrayList<>();
    List<IntBuffer> asked = new ArrayList<>();
    Deque<Set<IntBuffer>> onTheWay = new ArrayDeque<>();
    Deque<ObjectBatch> ahead = new ArrayDeque<>();
    long calls = 0;
    for (int i = 0; i < batches.size() + lag; i++) {
      if (i < batches.size()) {
        ObjectBatch batch = RewardFixture.objects(WIDTH, batches.get(i).toArray(new int[0][]));
        queue.add(batch);
        ahead.add(batch);
        Set<IntBuffer> fresh = new LinkedHashSet<>(keys(batch));
        fresh.removeAll(kept);
        onTheWay.forEach(fresh::removeAll);
        asked.addAll(capacity == 0 ? keys(batch) : fresh);
        onTheWay.add(capacity == 0 ? Set.of() : fresh);
      }
      if (i == restart) {
        queue.settle(LONG);
        ScoreLedger next = ledger(reward, capacity);
        next.restore(ledger.snapshot(), ledger.calls());
        ScoreQueue restored = new ScoreQueue(next, lag + 1);
        queue.snapshot().forEach(restored::restore);
        queue.close();
        ledger = next;
        queue = restored;
      }
      if (i >= lag) {
        ObjectBatch due = ahead.remove();
        assertThat(queue.take()).isEqualTo(expected(due));
        Set<IntBuffer> paid = onTheWay.remove();
        calls += capacity == 0 ? due.rows() : paid.size();
        kept.addAll(paid);
        kept.subList(0, Math.max(0, kept.size() - capacity)).clear();
        assertThat(ledger.calls()).isEqualTo(calls);
        assertThat(keys(ledger.snapshot().objects())).isEqualTo(kept);
      }
    }
    queue.close();
    assertThat(reward.asked).isEqualTo(asked);
  }

  @Test
  void anEvaluationWaitsForWhatIsOnItsWayAndAsksForTheRest() throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    AskedReward reward =
        new AskedReward() {
          @Override
          public double[] scores(ObjectBatch objects) {
            double[] scores = super.scores(objects);
            if (objects.rows() == 2) {
              try {
                held.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            }
            return scores;
          }
        };
    ScoreLedger ledger = ledger(reward, 9);
    ObjectBatch three =
        RewardFixture.objects(WIDTH, new int[] {0}, new int[] {1}, new int[] {1, 1});
    try (ScoreQueue queue = new ScoreQueue(ledger, 1)) {
      queue.add(RewardFixture.objects(WIDTH, new int[] {0}, new int[] {1}));
      EvaluationScores scores = new EvaluationScores(ledger);
      Thread opens = new Thread(held::countDown);
      opens.start();

      assertThat(scores.scores(three)).isEqualTo(expected(three));
      assertThat(scores.calls()).isEqualTo(1);
      assertThat(ledger.calls()).isZero();
      queue.take();
      opens.join();
    }
    assertThat(reward.asked).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void aFailureComesWhenItsBatchIsTakenAndLeavesTheLedgerAsItWas() {
    AskedReward reward =
        new AskedReward() {
          @Override
          public double[] scores(ObjectBatch objects) {
            if (objects.tokens()[0] == 1) {
              throw new LogitFlowException(Category.UNAVAILABLE, "gone");
            }
            return super.scores(objects);
          }
        };
    ScoreLedger ledger = ledger(reward, 5);
    try (ScoreQueue queue = new ScoreQueue(ledger, 3)) {
      queue.add(RewardFixture.objects(WIDTH, new int[] {0}));
      queue.add(RewardFixture.objects(WIDTH, new int[] {1}, new int[] {0}));
      queue.add(RewardFixture.objects(WIDTH, new int[] {1}, new int[] {0, 0}));
      queue.settle(LONG);
      queue.take();

      assertThatThrownBy(queue::take).isInstanceOf(LogitFlowException.class).hasMessage("gone");

      assertThat(ledger.calls()).isEqualTo(1);
      List<AwaitedScores> left = queue.snapshot();
      assertThat(left).hasSize(2);
      assertThat(left.get(0).scores()).containsExactly(Double.NaN, score(new int[] {0}));
      assertThat(left.get(0).asked()).containsExactly(true, false);
      assertThat(left.get(1).scores()).containsExactly(Double.NaN, score(new int[] {0, 0}));
      assertThat(left.get(1).asked()).containsExactly(false, true);
    }
  }

  @Test
  void settlingIsNoLongerThanThePatience() {
    CountDownLatch never = new CountDownLatch(1);
    AskedReward reward =
        new AskedReward() {
          @Override
          public double[] scores(ObjectBatch objects) {
            try {
              never.await();
            } catch (InterruptedException e) {
              throw new LogitFlowException(Category.FAILED, "called off", e);
            }
            return super.scores(objects);
          }
        };
    try (ScoreQueue queue = new ScoreQueue(ledger(reward, 5), 1)) {
      queue.add(RewardFixture.objects(WIDTH, new int[] {0}));
      queue.settle(Duration.ofMillis(1));
      assertThat(queue.snapshot().get(0).scores()).containsExactly(Double.NaN);
    }
    assertThat(reward.asked).isEmpty();
  }

  @Provide
  Arbitrary<int[]> object() {
    return Arbitraries.integers().between(0, 1).array(int[].class).ofMaxSize(WIDTH);
  }

  private static ScoreLedger ledger(Reward source, int capacity) {
    LogRewardTransform transform = new LogRewardTransform(new LogRewardConfig(0.5, 2, 3));
    return new ScoreLedger(new LogReward(source, transform, TEXT), WIDTH, capacity);
  }

  private static List<IntBuffer> keys(ObjectBatch objects) {
    List<IntBuffer> keys = new ArrayList<>();
    for (int row = 0; row < objects.rows(); row++) {
      keys.add(objects.key(row));
    }
    return keys;
  }

  private static double[] expected(ObjectBatch objects) {
    return keys(objects).stream()
        .mapToDouble(key -> score(Arrays.copyOf(key.array(), key.remaining())))
        .toArray();
  }

  /** Differs between any two objects. */
  private static double score(int[] object) {
    return Arrays.stream(object).reduce(1, (score, token) -> 3 * score + token);
  }
}
