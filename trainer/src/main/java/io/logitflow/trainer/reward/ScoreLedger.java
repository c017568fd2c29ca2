package io.logitflow.trainer.reward;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.environment.ObjectBatch;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a run has asked of its reward: counts the objects asked for, and keeps scores up to a
 * capacity so that none of them is asked for again; the oldest leave first, asked for or not. A
 * function of the batches that it has seen. Not thread-safe.
 */
public final class ScoreLedger {
  private final LogReward source;
  private final int width;
  private final int capacity;

  /** Scores by the tokens of an object, in the order in which they were asked for. */
  private final Map<IntBuffer, Double> kept = new LinkedHashMap<>();

  /** Scores that are on their way, by the tokens of an object; none without a capacity. */
  private final Map<IntBuffer, AwaitedBatch.Entry> awaited = new HashMap<>();

  private long calls;

  /**
   * Creates an empty ledger.
   *
   * @param source who is asked
   * @param width S, the most tokens of an object of every batch
   * @param capacity the most scores kept; 0 keeps none, and every object of every batch is asked
   *     for
   */
  public ScoreLedger(LogReward source, int width, int capacity) {
    this.source = source;
    this.width = width;
    this.capacity = capacity;
  }

  /**
   * Returns scores, kept or asked for.
   *
   * @param objects N objects
   * @return [N] finite scores, untransformed
   * @throws LogitFlowException if a score cannot be had; the ledger is then as before
   */
  public double[] scores(ObjectBatch objects) {
    if (capacity == 0) {
      double[] scores = source.scores(objects);
      calls += scores.length;
      return scores;
    }
    Map<IntBuffer, Double> asked = new LinkedHashMap<>();
    double[] scores = scores(objects, kept::get, source, asked);
    takeUp(asked, asked.size());
    return scores;
  }

  /**
   * Takes up scores that the reward was asked for.
   *
   * @param asked the scores, in order
   * @param count how many objects the reward was asked for
   */
  void takeUp(Map<IntBuffer, Double> asked, int count) {
    calls += count;
    kept.putAll(asked);
    shrink(kept, capacity);
  }

  /**
   * Returns scores, known or asked for.
   *
   * @param objects N objects
   * @param known the score of an object, or null
   * @param source is asked for each of the others, once
   * @param asked takes up what it answers, in order
   * @return [N] finite scores, untransformed
   */
  static double[] scores(
      ObjectBatch objects,
      Function<IntBuffer, @Nullable Double> known,
      LogReward source,
      Map<IntBuffer, Double> asked) {
    double[] scores = new double[objects.rows()];
    Map<IntBuffer, List<Integer>> unknown = new LinkedHashMap<>();
    for (int row = 0; row < scores.length; row++) {
      IntBuffer object = objects.key(row);
      Double score = known.apply(object);
      if (score == null) {
        unknown.computeIfAbsent(object, unseen -> new ArrayList<>()).add(row);
      } else {
        scores[row] = score;
      }
    }
    if (!unknown.isEmpty()) {
      double[] answer = source.scores(batch(unknown.keySet(), objects.width()));
      int next = 0;
      for (Map.Entry<IntBuffer, List<Integer>> entry : unknown.entrySet()) {
        double score = answer[next];
        asked.put(entry.getKey(), score);
        entry.getValue().forEach(row -> scores[row] = score);
        next++;
      }
    }
    return scores;
  }

  /** Returns the score of an object if it is kept, else null. */
  @Nullable Double kept(IntBuffer object) {
    return kept.get(object);
  }

  /** Returns the scores that are on their way, live. */
  Map<IntBuffer, AwaitedBatch.Entry> awaited() {
    return awaited;
  }

  /**
   * Returns the score of an object if it is kept or on its way, which is waited for, else null.
   *
   * @throws LogitFlowException if a score that is on its way cannot be had
   */
  @Nullable Double paid(IntBuffer object) {
    AwaitedBatch.Entry entry = awaited.get(object);
    return entry == null ? kept.get(object) : Double.valueOf(entry.score());
  }

  /** Returns who is asked. */
  LogReward source() {
    return source;
  }

  /** Returns the most scores kept. */
  int capacity() {
    return capacity;
  }

  /** Returns how many objects the reward has been asked for. */
  public long calls() {
    return calls;
  }

  /** Returns a copy of the scores kept. */
  public ScoredObjects snapshot() {
    double[] scores = kept.values().stream().mapToDouble(Double::doubleValue).toArray();
    return new ScoredObjects(batch(kept.keySet(), width), scores);
  }

  /**
   * Replaces what the ledger holds by that of another time.
   *
   * @param saved a snapshot of a ledger of the same width; what exceeds the capacity leaves
   * @param savedCalls how many objects the reward had been asked for
   */
  public void restore(ScoredObjects saved, long savedCalls) {
    kept.clear();
    for (int row = 0; row < saved.scores().length; row++) {
      kept.put(saved.objects().key(row), saved.scores()[row]);
    }
    shrink(kept, capacity);
    calls = savedCalls;
  }

  /** Removes the oldest scores beyond a capacity. */
  static void shrink(Map<IntBuffer, Double> scores, int capacity) {
    Iterator<IntBuffer> oldest = scores.keySet().iterator();
    for (int surplus = scores.size() - capacity; surplus > 0; surplus--) {
      oldest.next();
      oldest.remove();
    }
  }

  static ObjectBatch batch(Collection<IntBuffer> objects, int width) {
    int[] tokens = new int[objects.size() * width];
    int[] lengths = new int[objects.size()];
    int row = 0;
    for (IntBuffer object : objects) {
      lengths[row] = object.remaining();
      object.get(object.position(), tokens, row * width, lengths[row]);
      row++;
    }
    return new ObjectBatch(lengths.length, width, tokens, lengths);
  }
}
