package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.trainer.config.LogRewardConfig;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.environment.PrependAppend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ScoreLedgerTest {
  private static final int WIDTH = 3;
  private static final LogRewardTransform TRANSFORM =
      new LogRewardTransform(new LogRewardConfig(0.5, 2, 3));

  private static final ObjectText TEXT =
      new ObjectText(new PrependAppend(List.of("0", "1", "2"), "", WIDTH));

  /** Scores objects by a number of their tokens and writes down what it is asked. */
  private static final class AskedReward implements Reward {
    private final List<List<Integer>> asked = new ArrayList<>();
    private boolean broken;

    @Override
    public double[] scores(ObjectBatch objects) {
      if (broken) {
        throw new LogitFlowException(Category.UNAVAILABLE, "gone");
      }
      double[] scores = new double[objects.rows()];
      for (int row = 0; row < scores.length; row++) {
        List<Integer> object = list(objects, row);
        asked.add(object);
        scores[row] = score(object);
      }
      return scores;
    }
  }

  @Property(tries = 300, seed = "17")
  void keepsWhatAPlainListWould(
      @ForAll @Size(max = 12) List<@Size(max = 8) List<@From("object") int[]>> batches,
      @ForAll @IntRange(max = 7) int capacity,
      @ForAll @IntRange(max = 12) int restart) {
    AskedReward source = new AskedReward();
    ScoreLedger ledger = ledger(source, capacity);
    List<List<Integer>> kept = new ArrayList<>();
    List<List<Integer>> asked = new ArrayList<>();
    for (int i = 0; i < batches.size(); i++) {
      if (i == restart) {
        ScoreLedger next = ledger(source, capacity);
        next.restore(ledger.snapshot(), ledger.calls());
        ledger = next;
      }
      ObjectBatch batch = RewardFixture.objects(WIDTH, batches.get(i).toArray(new int[0][]));

      double[] scores = ledger.scores(batch);

      Set<List<Integer>> fresh = new LinkedHashSet<>();
      for (int row = 0; row < batch.rows(); row++) {
        List<Integer> object = list(batch, row);
        assertThat(scores[row]).isEqualTo(score(object));
        if (capacity == 0) {
          asked.add(object);
        } else if (!kept.contains(object)) {
          fresh.add(object);
        }
      }
      asked.addAll(fresh);
      kept.addAll(fresh);
      while (kept.size() > capacity) {
        kept.remove(0);
      }
      assertThat(source.asked).isEqualTo(asked);
      assertThat(ledger.calls()).isEqualTo(asked.size());
      ScoredObjects snapshot = ledger.snapshot();
      List<List<Integer>> snapshotObjects = new ArrayList<>();
      for (int row = 0; row < snapshot.objects().rows(); row++) {
        snapshotObjects.add(list(snapshot.objects(), row));
        assertThat(snapshot.scores()[row]).isEqualTo(score(snapshotObjects.get(row)));
      }
      assertThat(snapshotObjects).isEqualTo(kept);
    }
  }

  @Test
  void aFailureLeavesTheLedgerAsItWas() {
    AskedReward source = new AskedReward();
    ScoreLedger ledger = ledger(source, 5);
    ledger.scores(RewardFixture.objects(WIDTH, new int[] {1}));
    source.broken = true;

    assertThatThrownBy(
            () -> ledger.scores(RewardFixture.objects(WIDTH, new int[] {1}, new int[] {0})))
        .isInstanceOf(LogitFlowException.class)
        .hasMessage("gone");

    assertThat(ledger.calls()).isEqualTo(1);
    assertThat(ledger.snapshot().scores()).containsExactly(5);
    assertThat(ledger.scores(RewardFixture.objects(WIDTH, new int[] {1}))).containsExactly(5);
  }

  @Test
  void aSmallerLedgerTakesTheNewest() {
    ScoreLedger ledger = ledger(new AskedReward(), 5);
    ledger.scores(RewardFixture.objects(WIDTH, new int[] {0}, new int[] {1}, new int[] {2}));
    ScoreLedger smaller = ledger(new AskedReward(), 2);

    smaller.restore(ledger.snapshot(), 3);

    assertThat(smaller.snapshot().objects().tokens()).containsExactly(1, 0, 0, 2, 0, 0);
  }

  @Provide
  Arbitrary<int[]> object() {
    return Arbitraries.integers().between(0, 1).array(int[].class).ofMaxSize(WIDTH);
  }

  private static ScoreLedger ledger(Reward source, int capacity) {
    return new ScoreLedger(new LogReward(source, TRANSFORM, TEXT), WIDTH, capacity);
  }

  private static List<Integer> list(ObjectBatch objects, int row) {
    int first = row * objects.width();
    return Arrays.stream(objects.tokens(), first, first + objects.lengths()[row]).boxed().toList();
  }

  /** Differs between any two objects of tokens 0 to 2. */
  private static double score(List<Integer> object) {
    int score = 1;
    for (int token : object) {
      score = 4 * score + token;
    }
    return score;
  }
}
