package io.logitflow.trainer.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.StagedOutput;
import io.logitflow.trainer.evaluation.EvaluationReport.AtBeta;
import io.logitflow.trainer.evaluation.EvaluationReport.AtRound;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Evaluations as JSON and as CSV. What a report does not have is absent there. */
public final class EvaluationFiles {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  private EvaluationFiles() {}

  /**
   * Writes a report as JSON, keys in snake case.
   *
   * @param report any report
   */
  public static String json(EvaluationReport report) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("every report can be written", e);
    }
  }

  /**
   * Writes an evaluation in the middle of training as a line of JSON.
   *
   * @param evaluation any evaluation
   */
  static String line(AtRound evaluation) {
    try {
      return JSON.writeValueAsString(evaluation) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("every evaluation can be written", e);
    }
  }

  /**
   * Reads the round of a line.
   *
   * @param line what {@link #line} wrote, perhaps cut short
   * @return −1 where it is none
   */
  static long roundOf(String line) {
    try {
      return JSON.readTree(line).path("round").asLong(-1);
    } catch (JsonProcessingException e) {
      return -1;
    }
  }

  /**
   * Writes the single figures of a report as CSV, a row for each β under a header of JSON's keys;
   * those within {@code test_set} have its name in front. Lists are left out.
   *
   * @param report any report
   */
  public static String csv(EvaluationReport report) {
    List<Map<String, String>> rows = new ArrayList<>();
    Set<String> columns = new LinkedHashSet<>();
    for (AtBeta entry : report.betas()) {
      Map<String, String> row = new LinkedHashMap<>();
      row.put("round", Long.toString(report.round()));
      figures(entry).properties().forEach(at -> row.put(at.getKey(), at.getValue().asText()));
      rows.add(row);
      columns.addAll(row.keySet());
    }
    StringWriter text = new StringWriter();
    try (CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text)) {
      csv.writeRecord(columns);
      for (Map<String, String> row : rows) {
        csv.writeRecord(columns.stream().map(column -> row.getOrDefault(column, "")).toList());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /**
   * Returns the single figures at one β by JSON's keys; those within {@code test_set} have its name
   * in front. Lists are left out.
   *
   * @param entry any entry of a report
   */
  public static ObjectNode figures(AtBeta entry) {
    return figures(JSON.<JsonNode>valueToTree(entry));
  }

  /**
   * Returns the same of an entry that was read from a file.
   *
   * @param entry an entry of a report's {@code betas}, as JSON
   */
  public static ObjectNode figures(JsonNode entry) {
    ObjectNode figures = JSON.createObjectNode();
    addFigures("", entry, figures);
    return figures;
  }

  private static void addFigures(String prefix, JsonNode section, ObjectNode figures) {
    for (Map.Entry<String, JsonNode> entry : section.properties()) {
      if (entry.getValue() instanceof ObjectNode nested) {
        addFigures(prefix + entry.getKey() + "_", nested, figures);
      } else if (entry.getValue().isValueNode()) {
        figures.set(prefix + entry.getKey(), entry.getValue());
      }
    }
  }

  /**
   * Writes a file, which appears when it is complete and replaces one of that name.
   *
   * @param file its name
   * @param text its content
   * @throws LogitFlowException if the disk refuses
   */
  public static void write(Path file, String text) {
    try (StagedOutput staged = StagedOutput.file(file)) {
      Files.writeString(staged.path(), text);
      staged.publish();
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be written", e);
    }
  }
}
