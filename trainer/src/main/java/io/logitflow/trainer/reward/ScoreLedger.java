package io.logitflow.trainer.reward;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.environment.ObjectBatch;
import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

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

  private long calls;

  /**
   * Creates an empty ledger.
   *
   * @param source who is asked
   * @param width S, the most tokens of an object
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
    Map<IntBuffer, Double> known = new HashMap<>();
    Set<IntBuffer> asked = new LinkedHashSet<>();
    for (int row = 0; row < objects.rows(); row++) {
      IntBuffer object = objects.key(row);
      Double score = kept.get(object);
      if (score == null) {
        asked.add(object);
      } else {
        known.put(object, score);
      }
    }
    if (!asked.isEmpty()) {
      double[] scores = source.scores(batch(asked));
      calls += scores.length;
      int next = 0;
      for (IntBuffer object : asked) {
        known.put(object, scores[next]);
        kept.put(object, scores[next]);
        next++;
      }
      shrink();
    }
    double[] scores = new double[objects.rows()];
    for (int row = 0; row < scores.length; row++) {
      scores[row] = known.getOrDefault(objects.key(row), Double.NaN);
    }
    return scores;
  }

  /** Returns how many objects the reward has been asked for. */
  public long calls() {
    return calls;
  }

  /** Returns a copy of the scores kept. */
  public ScoredObjects snapshot() {
    double[] scores = kept.values().stream().mapToDouble(Double::doubleValue).toArray();
    return new ScoredObjects(batch(kept.keySet()), scores);
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
    shrink();
    calls = savedCalls;
  }

  private void shrink() {
    Iterator<IntBuffer> oldest = kept.keySet().iterator();
    for (int surplus = kept.size() - capacity; surplus > 0; surplus--) {
      oldest.next();
      oldest.remove();
    }
  }

  private ObjectBatch batch(Set<IntBuffer> objects) {
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
