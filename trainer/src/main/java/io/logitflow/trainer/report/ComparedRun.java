package io.logitflow.trainer.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.evaluation.EvaluationFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A run that is compared with others.
 *
 * @param name its name, unlike the others'
 * @param config its effective configuration
 * @param data what is behind the run beside its configuration, such as SHA-256 of files, by what it
 *     is
 * @param metrics its recorded metrics, at least one row
 * @param evaluation its figures at each β evaluated, the round of the model in front; none where it
 *     has not been finished
 */
public record ComparedRun(
    String name,
    TrainerConfig config,
    Map<String, String> data,
    MetricsTable metrics,
    List<ObjectNode> evaluation) {
  /**
   * Reads what a run has left in its directory.
   *
   * @param name the run's name
   * @param config its configuration
   * @param data what is behind it beside its configuration
   * @param directory its directory
   * @param evaluation its report of evaluation, which need not be there
   * @throws InvalidInputException if no round is recorded, or a file is not one of a run
   */
  public static ComparedRun read(
      String name,
      TrainerConfig config,
      Map<String, String> data,
      Path directory,
      Path evaluation) {
    MetricsTable metrics = MetricsTable.read(directory);
    if (metrics.rows() == 0) {
      throw new InvalidInputException(
          directory.resolve(MetricsLog.NAME).toString(),
          "no recorded round",
          "a run that has recorded one");
    }
    return new ComparedRun(name, config, data, metrics, evaluation(evaluation));
  }

  private static List<ObjectNode> evaluation(Path file) {
    List<ObjectNode> betas = new ArrayList<>();
    if (Files.isRegularFile(file)) {
      try {
        JsonNode report = ReportJson.tree(Files.readString(file));
        for (JsonNode entry : report.path("betas")) {
          // A run that was given more rounds has the evaluation of earlier ones till it is done.
          ObjectNode figures = ReportJson.object().set("round", report.path("round"));
          betas.add(figures.setAll(EvaluationFiles.figures(entry)));
        }
      } catch (JsonProcessingException e) {
        throw new InvalidInputException(file.toString(), "no JSON", "the report of an evaluation");
      } catch (IOException e) {
        throw LogitFlowException.ofDisk(file, "be read", e);
      }
    }
    return betas;
  }

  /** Returns the last row of the metrics. */
  ObjectNode last() {
    ObjectNode row = ReportJson.object();
    metrics.columns().forEach((name, column) -> row.put(name, column.get(column.size() - 1)));
    return row;
  }
}
