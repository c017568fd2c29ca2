package io.logitflow.trainer.evaluation;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.evaluation.EvaluationReport.AtRound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The evaluations in the middle of a run's training as JSON lines, by ascending round, in the
 * directory of the run. Written before the checkpoint of the same round, it has a line for every
 * evaluation that a run is resumed behind.
 */
public final class EvaluationLog {
  private final Path file;

  /**
   * Opens the log of a run. Lines of rounds that were lost when the run was killed go, and so does
   * one that was cut short.
   *
   * @param file the log, in the run's directory
   * @param round rounds that the run has done
   * @throws LogitFlowException if the disk refuses
   */
  public EvaluationLog(Path file, long round) {
    this.file = file;
    if (Files.exists(file)) {
      EvaluationFiles.write(file, linesUpTo(round));
    }
  }

  private String linesUpTo(long round) {
    StringBuilder kept = new StringBuilder();
    try {
      for (String line : Files.readAllLines(file)) {
        long of = EvaluationFiles.roundOf(line);
        if (of >= 0 && of <= round) {
          kept.append(line).append('\n');
        }
      }
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
    return kept.toString();
  }

  /**
   * Appends an evaluation.
   *
   * @param evaluation of a later round than all before
   * @throws LogitFlowException if the disk refuses
   */
  public void add(AtRound evaluation) {
    try {
      Files.writeString(
          file,
          EvaluationFiles.line(evaluation),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be written", e);
    }
  }
}
