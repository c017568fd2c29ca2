package io.logitflow.trainer.evaluation;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.evaluation.EvaluationReport.AtRound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The evaluations of a run on an interval as JSON lines, by ascending round, in the directory of
 * the run. Written before the checkpoint of the same round, it has a line for every evaluation that
 * a run is resumed behind.
 */
public final class EvaluationLog {
  private final Path file;
  private long last = -1;

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
          last = of;
        }
      }
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
    return kept.toString();
  }

  /**
   * Appends an evaluation. One of a round that has its line already, from a process that was killed
   * before it had told of it elsewhere, says the same again and is left out.
   *
   * @param evaluation of no earlier round than all before
   * @throws LogitFlowException if the disk refuses
   */
  public void add(AtRound evaluation) {
    if (evaluation.round() == last) {
      return;
    }
    last = evaluation.round();
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
