package io.logitflow.trainer.reward;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The best hit of a motif in an object, over all windows of its width on both strands.
 *
 * <p>A window's log-odds is the sum over its positions of log₂(p/0.25), with p = (count + s/4) /
 * (sum of the position's counts + s) and s the pseudocount (Nishida, Frith and Nakai 2009,
 * "Pseudocounts for transcription factor binding sites"). The score is where the best window's
 * log-odds lies between the lowest and the highest that the matrix gives, 0 to 1: the relative
 * score of the TFBS tools.
 */
final class MotifReward implements Reward {
  private static final String COMPLEMENTS = "TGCA";
  private static final double BACKGROUND = 0.25;

  /** [W][V] by position and token id: the strand as it is, and the other one read backward. */
  private final double[][] forward;

  private final double[][] reverse;
  private final double lowest;
  private final double highest;
  private final String fingerprint;

  private MotifReward(
      double[][] logOdds, List<String> tokens, double lowest, double highest, String fingerprint) {
    int width = logOdds.length;
    this.forward = new double[width][tokens.size()];
    this.reverse = new double[width][tokens.size()];
    this.lowest = lowest;
    this.highest = highest;
    this.fingerprint = fingerprint;
    for (int id = 0; id < tokens.size(); id++) {
      int base = base(tokens.get(id));
      int complement = base(COMPLEMENTS.substring(base, base + 1));
      for (int position = 0; position < width; position++) {
        forward[position][id] = logOdds[position][base];
        reverse[position][id] = logOdds[width - 1 - position][complement];
      }
    }
  }

  /**
   * Reads a motif.
   *
   * @param file the position frequency matrix that the config names, resolved
   * @param pseudocount s, above 0
   * @param environment whose tokens are A, C, G and T (or U), in any order
   * @throws InvalidInputException if the file is missing or at fault, or the motif is longer than
   *     objects
   */
  static MotifReward read(Path file, double pseudocount, Environment environment) {
    PositionFrequencyMatrix matrix = PositionFrequencyMatrix.read(file);
    int width = matrix.width();
    if (width > environment.maximumLength()) {
      throw new InvalidInputException(
          file.toString(),
          "a motif of " + width + " positions",
          "at most "
              + environment.maximumLength()
              + ", the fewest tokens of an object of the environment");
    }
    double[][] logOdds = new double[width][];
    double lowest = 0;
    double highest = 0;
    for (int position = 0; position < width; position++) {
      logOdds[position] = logOdds(matrix.counts(), position, pseudocount);
      lowest += Arrays.stream(logOdds[position]).min().orElseThrow();
      highest += Arrays.stream(logOdds[position]).max().orElseThrow();
    }
    if (!(lowest < highest)) {
      throw new InvalidInputException(
          file.toString(),
          "a motif that all bases match alike",
          "a position where one base was seen more often than another");
    }
    return new MotifReward(logOdds, environment.tokens(), lowest, highest, matrix.fingerprint());
  }

  private static double[] logOdds(double[][] counts, int position, double pseudocount) {
    double total = Arrays.stream(counts).mapToDouble(row -> row[position]).sum() + pseudocount;
    return Arrays.stream(counts)
        .mapToDouble(
            row ->
                Math.log((row[position] + pseudocount * BACKGROUND) / total / BACKGROUND)
                    / Math.log(2))
        .toArray();
  }

  @Override
  public double[] scores(ObjectBatch objects) {
    double[] scores = new double[objects.rows()];
    for (int row = 0; row < scores.length; row++) {
      int start = row * objects.width();
      double best = Double.NEGATIVE_INFINITY;
      for (int offset = 0; offset <= objects.lengths()[row] - forward.length; offset++) {
        best = Math.max(best, logOdds(forward, objects.tokens(), start + offset));
        best = Math.max(best, logOdds(reverse, objects.tokens(), start + offset));
      }
      // Sums in another order may pass the ends by a rounding.
      scores[row] = Math.max(0, Math.min(1, (best - lowest) / (highest - lowest)));
    }
    return scores;
  }

  private static double logOdds(double[][] strand, int[] tokens, int first) {
    double sum = 0;
    for (int position = 0; position < strand.length; position++) {
      sum += strand[position][tokens[first + position]];
    }
    return sum;
  }

  private static int base(String name) {
    return switch (name) {
      case "A" -> 0;
      case "C" -> 1;
      case "G" -> 2;
      default -> 3;
    };
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }
}
