package io.logitflow.trainer.reproduction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.evaluation.EvaluationFiles;
import io.logitflow.trainer.report.MetricsTable;
import io.logitflow.trainer.reproduction.Experiment.Run;
import io.logitflow.trainer.reproduction.View.Axis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one run has left.
 *
 * @param run which it is
 * @param metrics what training recorded
 * @param evaluation the report of its end
 * @param evaluations the reports on the interval, by ascending round; none without an interval
 * @param cost what it took
 */
public record RunResult(
    Run run, MetricsTable metrics, JsonNode evaluation, List<JsonNode> evaluations, RunCost cost) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROUND = "round";
  private static final String REWARD_CALLS = "reward_calls";
  private static final String BETA = "beta";

  /**
   * Reads the files of a finished run.
   *
   * @param run which it is
   * @param directory its directory
   * @param evaluation the report of its end
   * @param evaluations the log of reports on the interval, which need not be there
   * @param cost what it took
   * @throws InvalidInputException if a file is not one of a run
   * @throws LogitFlowException if the disk refuses
   */
  public static RunResult read(
      Run run, Path directory, Path evaluation, Path evaluations, RunCost cost) {
    List<JsonNode> reports = new ArrayList<>();
    if (Files.isRegularFile(evaluations)) {
      text(evaluations).lines().forEach(line -> reports.add(json(evaluations, line)));
    }
    return new RunResult(
        run, MetricsTable.read(directory), json(evaluation, text(evaluation)), reports, cost);
  }

  /**
   * Reads a file.
   *
   * @throws LogitFlowException if the disk refuses
   */
  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
  }

  private static JsonNode json(Path file, String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(file.toString(), "no JSON", "the report of an evaluation");
    }
  }

  /** Returns how many objects training has asked the reward for. */
  long rewardCalls() {
    return evaluation.at("/training/reward_calls").asLong();
  }

  /**
   * Returns a figure along a view's axis; places without the figure are left out.
   *
   * @param view whose figure
   * @param beta the β of the evaluations, or null where the view names none
   */
  NavigableMap<Double, Double> line(View view, @Nullable Double beta) {
    return line(view.figure(), view.axis(), beta);
  }

  /**
   * Returns a figure of the exact target along β.
   *
   * @param figure its key
   */
  NavigableMap<Double, Double> target(String figure) {
    return line(figure, Axis.BETA, null);
  }

  private NavigableMap<Double, Double> line(String figure, Axis axis, @Nullable Double beta) {
    NavigableMap<Double, Double> line = new TreeMap<>();
    if (axis == Axis.BETA) {
      evaluation.path("betas").forEach(entry -> add(entry.path(BETA), entry, figure, line));
    } else if (beta != null) {
      String key = axis == Axis.ROUND ? ROUND : REWARD_CALLS;
      for (JsonNode report : evaluations) {
        for (JsonNode entry : report.path("betas")) {
          if (entry.path(BETA).asDouble() == beta) {
            add(report.path(key), entry, figure, line);
          }
        }
      }
    } else {
      addRecorded(figure, axis, line);
    }
    return line;
  }

  private static void add(
      JsonNode place, JsonNode entry, String figure, NavigableMap<Double, Double> line) {
    JsonNode value = EvaluationFiles.figures(entry).path(figure);
    if (value.isNumber()) {
      line.put(place.asDouble(), value.asDouble());
    }
  }

  private void addRecorded(String figure, Axis axis, NavigableMap<Double, Double> line) {
    List<@Nullable Double> places = metrics.column(axis == Axis.ROUND ? ROUND : REWARD_CALLS);
    List<@Nullable Double> values = metrics.column(figure);
    for (int row = 0; row < values.size(); row++) {
      Double place = places.get(row);
      Double value = values.get(row);
      if (place != null && value != null) {
        // The log numbers rounds from 0; a place is how many are done.
        line.put(axis == Axis.ROUND ? place + 1 : place, value);
      }
    }
  }
}
