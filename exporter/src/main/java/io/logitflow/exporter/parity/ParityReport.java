package io.logitflow.exporter.parity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How the graphs of a bundle compare with the trainer: {@code parity.json}. A difference of up to
 * 1e-4 + 1e-6 · |value| is allowed; of what a GPU computes with fewer bits as much as these lose.
 *
 * @param passed whether all of it agreed
 * @param betas inverse temperatures that the trajectories take in turn
 * @param rows number of trajectories
 * @param boundaryRows how many of them take an action of a probability below 2e-5: rounding may
 *     choose another one in its place, so they are counted and not compared
 * @param outputs every output of every graph
 */
public record ParityReport(
    boolean passed, List<Float> betas, int rows, int boundaryRows, List<OutputParity> outputs) {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  /** Copies the lists. */
  public ParityReport {
    betas = List.copyOf(betas);
    outputs = List.copyOf(outputs);
  }

  /** Returns the report of comparisons, passed if every one of them did. */
  static ParityReport of(
      List<Float> betas, int rows, int boundaryRows, List<OutputParity> outputs) {
    boolean passed = outputs.stream().allMatch(OutputParity::passed);
    return new ParityReport(passed, betas, rows, boundaryRows, outputs);
  }

  /** Returns the report as JSON, ending in a line feed. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this).replace("\r\n", "\n") + "\n";
    } catch (JsonProcessingException e) {
      throw new AssertionError("a report is plain data", e);
    }
  }

  /**
   * Reads a report's file.
   *
   * @param file the file
   * @throws InvalidInputException if it holds no report
   * @throws LogitFlowException if it cannot be read
   */
  public static ParityReport read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
  }

  /**
   * Reads a report.
   *
   * @param source the file that the text is from, for messages
   * @param json the text
   * @throws InvalidInputException if it is no report
   */
  public static ParityReport parse(String source, String json) {
    try {
      return JSON.readValue(json, ParityReport.class);
    } catch (JsonProcessingException e) {
      // Behind a semicolon or a line's end Jackson explains its own settings.
      String reason = e.getOriginalMessage().split("[;\\n]", 2)[0];
      throw new InvalidInputException(source, reason, "a parity report");
    }
  }

  /** Returns one line: the largest difference of each output, or those that do not agree. */
  public String summary() {
    if (boundaryRows == rows) {
      return "all of "
          + rows
          + " trajectories take actions of a probability below 2e-5, too rare to tell from their"
          + " neighbours: the rollout cannot be compared";
    }
    String compared =
        outputs.stream()
            .filter(output -> passed || !output.passed())
            .map(
                output ->
                    output.name()
                        + (passed ? "" : " differs in " + output.mismatches() + " values,")
                        + String.format(Locale.ROOT, " %.1e", output.largestDifference()))
            .collect(Collectors.joining(", "));
    return rows
        + " trajectories, "
        + boundaryRows
        + " of them too rare to compare, at beta "
        + betas.stream().map(String::valueOf).collect(Collectors.joining(" "))
        + "; largest differences: "
        + compared;
  }
}
