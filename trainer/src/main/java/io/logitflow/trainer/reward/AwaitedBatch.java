package io.logitflow.trainer.reward;

import com.google.common.base.Throwables;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.trainer.environment.ObjectBatch;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/** A batch of a {@link ScoreQueue}: what the reward is asked for it, and where the answers go. */
final class AwaitedBatch {
  private final AwaitedScores content;
  private final List<Entry> entries = new ArrayList<>();
  private final CompletableFuture<double[]> answer;

  /** Where a score goes: a row of this batch, or of a later one with an equal object. */
  private record Place(double[] scores, int row) {}

  /** An object that the reward is asked for. */
  final class Entry {
    private final IntBuffer object;
    private final int position = entries.size();
    private final List<Place> places = new ArrayList<>();

    private Entry(IntBuffer object) {
      this.object = object;
    }

    /**
     * Waits for the score.
     *
     * @throws LogitFlowException if it cannot be had
     */
    double score() {
      return await()[position];
    }

    /** Returns the score, NaN if the reward has not answered. */
    private double known() {
      Place own = places.get(0);
      return own.scores[own.row];
    }
  }

  /**
   * Asks for scores that are not there yet.
   *
   * @param content the batch; its scores are filled in as they come
   * @param ledger what is on its way for earlier batches; that of this one is added, where scores
   *     are kept
   * @param threads ask
   */
  AwaitedBatch(AwaitedScores content, ScoreLedger ledger, Executor threads) {
    this.content = content;
    double[] scores = content.scores();
    Map<IntBuffer, Entry> awaited = ledger.awaited();
    for (int row = 0; row < scores.length; row++) {
      IntBuffer object = content.objects().key(row);
      Entry entry = awaited.get(object);
      if (entry == null && content.asked()[row]) {
        entry = new Entry(object);
        entries.add(entry);
        if (ledger.capacity() > 0) {
          awaited.put(object, entry);
        }
      }
      if (entry != null) {
        entry.places.add(new Place(scores, row));
      }
    }
    double[] known = entries.stream().mapToDouble(Entry::known).toArray();
    List<IntBuffer> objects = entries.stream().map(entry -> entry.object).toList();
    LogReward source = ledger.source();
    ObjectBatch asked = ScoreLedger.batch(objects, content.objects().width());
    this.answer =
        Arrays.stream(known).noneMatch(Double::isNaN)
            ? CompletableFuture.completedFuture(known)
            : CompletableFuture.supplyAsync(() -> source.scores(asked), threads);
  }

  /** Returns what ends when the reward has answered or failed. */
  CompletableFuture<double[]> answer() {
    return answer;
  }

  private double[] await() {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      Throwables.throwIfUnchecked(cause);
      throw new IllegalStateException(cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogitFlowException(
          Category.FAILED, "reward: found an interrupt, expected to wait for scores", e);
    }
  }

  /** Fills in the scores that the reward has answered so far, here and in later batches. */
  void fillIn() {
    if (answer.isDone() && !answer.isCompletedExceptionally()) {
      double[] scores = await();
      for (Entry entry : entries) {
        entry.places.forEach(place -> place.scores[place.row] = scores[entry.position]);
      }
    }
  }

  /**
   * Waits for the scores, and lets the ledger take up those that were asked for.
   *
   * @param ledger what the batch was created with
   * @return [N]
   * @throws LogitFlowException if a score cannot be had; the ledger is then as before
   */
  double[] take(ScoreLedger ledger) {
    double[] scores = await();
    fillIn();
    Map<IntBuffer, Double> asked = new LinkedHashMap<>();
    for (Entry entry : entries) {
      ledger.awaited().remove(entry.object);
      asked.put(entry.object, scores[entry.position]);
    }
    ledger.takeUp(asked, entries.size());
    return content.scores();
  }

  /** Returns a copy as it is now. */
  AwaitedScores snapshot() {
    return new AwaitedScores(content.objects(), content.scores().clone(), content.asked().clone());
  }
}
