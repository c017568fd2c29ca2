package io.logitflow.trainer.command;

import io.logitflow.trainer.report.EventFile;
import io.logitflow.trainer.report.MetricsLog;
import io.logitflow.trainer.training.RoundMetrics;
import io.logitflow.trainer.training.TrainingLoop;
import java.nio.file.Path;
import java.util.List;

/** What a run writes of its recorded rounds while it goes on: JSON lines and TensorBoard events. */
final class RunRecord implements AutoCloseable {
  private final TrainingLoop loop;
  private final MetricsLog log;
  private final EventFile events;
  private int recorded;

  /**
   * Starts, or goes on, to record a run.
   *
   * @param directory the run's directory
   * @param loop the training
   */
  RunRecord(Path directory, TrainingLoop loop) {
    this.loop = loop;
    this.recorded = loop.metrics().size();
    this.log = new MetricsLog(directory, loop.metrics());
    this.events = new EventFile(directory, loop.round());
  }

  /** Writes the last round if training has recorded it. */
  void update() {
    List<RoundMetrics> metrics = loop.metrics();
    if (metrics.size() > recorded) {
      recorded = metrics.size();
      log.write(metrics);
      events.write(metrics.get(recorded - 1), loop.distributions());
    }
  }

  @Override
  public void close() {
    try (log) {
      events.close();
    }
  }
}
