package io.logitflow.trainer.report;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.StagedOutput;
import io.logitflow.trainer.training.RoundMetrics;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The recorded metrics of a run as JSON lines, one round a line, in the directory of the run:
 * readable while the run goes on.
 */
public final class MetricsLog implements AutoCloseable {
  /** Name of the file. */
  public static final String NAME = "metrics.jsonl";

  private final Path file;
  private final OutputStream lines;

  /**
   * Opens the log of a run, with the lines of the rounds that the run has and no others: lines of
   * rounds that were lost when the run was killed go.
   *
   * @param directory the run's directory
   * @param recorded metrics recorded so far, the oldest first
   * @throws LogitFlowException if the disk refuses
   */
  public MetricsLog(Path directory, List<RoundMetrics> recorded) {
    this.file = directory.resolve(NAME);
    try (StagedOutput staged = StagedOutput.file(file)) {
      Files.writeString(staged.path(), lines(recorded));
      staged.publish();
      this.lines = Files.newOutputStream(file, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be written", e);
    }
  }

  /**
   * Appends the metrics of a round.
   *
   * @param round a round behind those that are there
   * @throws LogitFlowException if the disk refuses
   */
  public void write(RoundMetrics round) {
    try {
      lines.write(lines(List.of(round)).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be written", e);
    }
  }

  private static String lines(List<RoundMetrics> metrics) {
    StringBuilder text = new StringBuilder();
    metrics.forEach(round -> text.append(ReportJson.text(round)).append('\n'));
    return text.toString();
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be written", e);
    }
  }
}
