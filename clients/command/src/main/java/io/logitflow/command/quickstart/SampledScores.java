package io.logitflow.command.quickstart;

import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.logitflow.command.csv.CsvFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was sampled at one inverse temperature, seen through the table of scores.
 *
 * @param scores score of each candidate, at least one
 * @param modesFound distinct modes among the candidates
 */
record SampledScores(List<Double> scores, int modesFound) {
  SampledScores {
    scores = List.copyOf(scores);
  }

  /**
   * Reads what {@code sample} wrote.
   *
   * @param file CSV with the columns {@code beta} and {@code object}
   * @param table score of every object
   * @param modes the objects that count as modes
   * @return by inverse temperature
   * @throws io.logitflow.contract.LogitFlowException if it cannot be read, or has an object without
   *     a score
   */
  static Map<Float, SampledScores> read(Path file, ScoreTable table, Set<String> modes) {
    CsvFile csv = CsvFile.of(file);
    Map<Float, List<Double>> scores = new TreeMap<>();
    Map<Float, Set<String>> found = new TreeMap<>();
    csv.forEach(
        line -> {
          float beta = (float) csv.number(line, "beta");
          String object = csv.field(line, "object");
          scores
              .computeIfAbsent(beta, absent -> new ArrayList<>())
              .add(scoreOf(csv, line, object, table));
          if (modes.contains(object)) {
            found.computeIfAbsent(beta, absent -> new HashSet<>()).add(object);
          }
        });
    Map<Float, SampledScores> sampled = new TreeMap<>();
    scores.forEach(
        (beta, list) ->
            sampled.put(beta, new SampledScores(list, found.getOrDefault(beta, Set.of()).size())));
    return sampled;
  }

  /**
   * Reads the modes.
   *
   * @param file CSV with the column {@code sequence}
   * @throws io.logitflow.contract.LogitFlowException if it cannot be read
   */
  static Set<String> readModes(Path file) {
    CsvFile csv = CsvFile.of(file);
    Set<String> modes = new HashSet<>();
    csv.forEach(line -> modes.add(csv.field(line, "sequence")));
    return modes;
  }

  /** Returns the mean score. */
  double mean() {
    return scores.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private static double scoreOf(CsvFile csv, NamedCsvRecord line, String object, ScoreTable table) {
    return table
        .score(object)
        .orElseThrow(() -> csv.fault(line, object, "an object that the table scores"));
  }
}
