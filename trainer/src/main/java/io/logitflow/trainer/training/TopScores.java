package io.logitflow.trainer.training;

import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.reward.ScoredObjects;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/** The best distinct objects that a run has found, exactly: of equal scores the first found. */
final class TopScores {
  /** The most objects kept. */
  static final int CAPACITY = 100;

  private final int width;
  private final Set<IntBuffer> present = new HashSet<>();

  /** By falling score, equal ones in the order in which they were found. */
  private final List<Scored> best = new ArrayList<>();

  /** An object that is kept. */
  private record Scored(IntBuffer object, double score) {}

  /**
   * Creates an empty list.
   *
   * @param width S, the largest number of tokens of an object
   */
  TopScores(int width) {
    this.width = width;
  }

  /**
   * Takes note of found objects.
   *
   * @param found [N]
   */
  void observe(ScoredObjects found) {
    for (int row = 0; row < found.rows(); row++) {
      double score = found.scores()[row];
      boolean full = best.size() == CAPACITY;
      if (full && score <= best.get(CAPACITY - 1).score()) {
        continue;
      }
      IntBuffer object = found.objects().key(row);
      if (present.contains(object)) {
        continue;
      }
      if (full) {
        present.remove(best.remove(CAPACITY - 1).object());
      }
      present.add(object);
      best.add(position(score), new Scored(object, score));
    }
  }

  private int position(double score) {
    int position = best.size();
    while (position > 0 && best.get(position - 1).score() < score) {
      position--;
    }
    return position;
  }

  /** Returns the mean of the scores, or nothing while no object has been found. */
  OptionalDouble mean() {
    return best.stream().mapToDouble(Scored::score).average();
  }

  /** Returns the objects and their scores, the best first. */
  ScoredObjects contents() {
    int rows = best.size();
    int[] tokens = new int[rows * width];
    int[] lengths = new int[rows];
    double[] scores = new double[rows];
    for (int row = 0; row < rows; row++) {
      IntBuffer object = best.get(row).object();
      lengths[row] = object.remaining();
      object.get(0, tokens, row * width, lengths[row]);
      scores[row] = best.get(row).score();
    }
    return new ScoredObjects(new ObjectBatch(rows, width, tokens, lengths), scores);
  }
}
