package io.logitflow.command.quickstart;

import io.logitflow.client.RewardTransform;
import io.logitflow.command.csv.CsvFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** The score of every object of the example: the landscape that the model was trained on. */
final class ScoreTable {
  private final Map<String, Double> scores;

  /**
   * Creates a table.
   *
   * @param scores score of each object, at least one
   */
  ScoreTable(Map<String, Double> scores) {
    this.scores = new LinkedHashMap<>(scores);
  }

  /**
   * Reads a table.
   *
   * @param file CSV with the columns {@code sequence} and {@code score}, gzipped or not
   * @throws io.logitflow.contract.LogitFlowException if it cannot be read
   */
  static ScoreTable read(Path file) {
    CsvFile csv = CsvFile.of(file);
    Map<String, Double> scores = new LinkedHashMap<>();
    csv.forEach(line -> scores.put(csv.field(line, "sequence"), csv.number(line, "score")));
    return new ScoreTable(scores);
  }

  /** Returns the score of an object, or nothing if the table lacks it. */
  OptionalDouble score(String object) {
    Double score = scores.get(object);
    return score == null ? OptionalDouble.empty() : OptionalDouble.of(score);
  }

  /** Returns the scores [N] of all objects, in the order of the file. */
  double[] scores() {
    return scores.values().stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * Returns the target distribution over the objects, p(x; beta) = R(x)^beta / Z(beta) with log
   * R(x) as the model's transform has it.
   *
   * @param transform takes scores to log rewards
   * @param beta the inverse temperature
   * @return [N] in the order of {@link #scores()}, summing to 1
   */
  double[] target(RewardTransform transform, double beta) {
    double[] mass =
        Arrays.stream(scores()).map(score -> beta * transform.logReward(score)).toArray();
    double largest = Arrays.stream(mass).max().orElseThrow();
    Arrays.setAll(mass, i -> Math.exp(mass[i] - largest));
    double total = Arrays.stream(mass).sum();
    Arrays.setAll(mass, i -> mass[i] / total);
    return mass;
  }
}
