package io.logitflow.trainer.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.config.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A run that is compared with others.
 *
 * @param name its name, unlike the others'
 * @param config its effective configuration
 * @param metrics its recorded metrics, at least one row
 * @param evaluation its figures at each β evaluated, none where it is not finished
 */
public record ComparedRun(
    String name, TrainerConfig config, MetricsTable metrics, List<JsonNode> evaluation) {
  /**
   * Reads what a run has left in its directory.
   *
   * @param name the run's name
   * @param config its configuration
   * @param directory its directory
   * @param evaluation its report of evaluation, which need not be there
   * @throws InvalidInputException if no round is recorded, or a file is not one of a run
   */
  public static ComparedRun read(
      String name, TrainerConfig config, Path directory, Path evaluation) {
    MetricsTable metrics = MetricsTable.read(directory);
    if (metrics.rows() == 0) {
      throw new InvalidInputException(
          directory.resolve(MetricsLog.NAME).toString(),
          "no recorded round",
          "a run that has recorded one");
    }
    return new ComparedRun(name, config, metrics, evaluation(evaluation));
  }

  private static List<JsonNode> evaluation(Path file) {
    List<JsonNode> betas = new ArrayList<>();
    if (Files.isRegularFile(file)) {
      try {
        ReportJson.tree(Files.readString(file)).path("betas").forEach(betas::add);
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
