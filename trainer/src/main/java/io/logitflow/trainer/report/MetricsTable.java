package io.logitflow.trainer.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.training.RoundMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recorded metrics column by column, a row for each recorded round, by ascending round.
 *
 * @param columns the numbers of each metric by its name, as {@link MetricsLog} writes it; null
 *     where a row has none
 */
public record MetricsTable(Map<String, List<@Nullable Double>> columns) {
  /** Name of the column of rounds, which has a number in every row. */
  public static final String ROUND = "round";

  /**
   * Brings metrics into a table.
   *
   * @param recorded metrics, the oldest first
   */
  public static MetricsTable of(List<RoundMetrics> recorded) {
    return ofRows(recorded.stream().map(ReportJson::numbers).toList());
  }

  /**
   * Reads the log of a run, which may be growing: a last line that has no end yet is left out.
   *
   * @param directory the run's directory
   * @throws InvalidInputException if there is no log, or a line of it is not one of {@link
   *     MetricsLog}'s
   */
  public static MetricsTable read(Path directory) {
    Path file = directory.resolve(MetricsLog.NAME);
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(
          file.toString(), "no such file", "the metrics of a run of ./logitflow train");
    }
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
    List<Map<String, Double>> rows = new ArrayList<>();
    double last = -1;
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      String subject = file + ":" + (rows.size() + 1);
      Map<String, Double> row = row(subject, line);
      double round = row.getOrDefault(ROUND, -1.0);
      if (round <= last) {
        throw new InvalidInputException(
            subject,
            row.containsKey(ROUND) ? "round " + Math.round(round) : "no round",
            "a round above " + Math.round(last));
      }
      last = round;
      rows.add(row);
    }
    return ofRows(rows);
  }

  private static Map<String, Double> row(String subject, String line) {
    try {
      JsonNode object = ReportJson.tree(line);
      if (object.isObject()) {
        return ReportJson.numbers(object);
      }
    } catch (JsonProcessingException e) {
      // Refused below like JSON that is no object.
    }
    throw new InvalidInputException(subject, "\"" + line + "\"", "a JSON object");
  }

  private static MetricsTable ofRows(List<Map<String, Double>> rows) {
    Map<String, List<@Nullable Double>> columns = new LinkedHashMap<>();
    columns.put(ROUND, new ArrayList<>());
    for (int row = 0; row < rows.size(); row++) {
      int before = row;
      rows.get(row)
          .forEach(
              (name, value) -> {
                List<@Nullable Double> column =
                    columns.computeIfAbsent(name, unseen -> new ArrayList<>());
                column.addAll(Collections.nCopies(before - column.size(), null));
                column.add(value);
              });
    }
    columns
        .values()
        .forEach(column -> column.addAll(Collections.nCopies(rows.size() - column.size(), null)));
    return new MetricsTable(columns);
  }

  /** Returns the number of rows. */
  public int rows() {
    return column(ROUND).size();
  }

  /**
   * Returns the numbers of one metric, empty where the table has no such metric.
   *
   * @param name a metric's name
   */
  public List<@Nullable Double> column(String name) {
    return columns.getOrDefault(name, List.of());
  }
}
