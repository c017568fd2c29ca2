package io.logitflow.trainer.command;

import io.logitflow.trainer.report.EventFile;
import io.logitflow.trainer.report.MetricsLog;
import io.logitflow.trainer.training.RoundMetrics;
import io.logitflow.trainer.training.RoundObserver;
import io.logitflow.trainer.training.TrainingLoop;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What a run writes of its recorded rounds while it goes on: JSON lines and TensorBoard events. */
final class RunRecord implements RoundObserver, AutoCloseable {
  private final TrainingLoop loop;
  private final MetricsLog log;
  private final EventFile events;

  /**
   * Starts, or goes on, to record a run.
   *
   * @param directory the run's directory
   * @param loop the training
   */
  RunRecord(Path directory, TrainingLoop loop) {
    this.loop = loop;
    this.log = new MetricsLog(directory, loop.metrics());
    this.events = new EventFile(directory, loop.round());
  }

  @Override
  public void observe(RoundMetrics metrics, float[] betas, double[] scores, float[] losses) {
    log.write(metrics);
    Map<String, double[]> histograms = new LinkedHashMap<>();
    histograms.put("step/beta", doubles(betas));
    histograms.put("step/loss", doubles(losses));
    if (scores.length > 0) {
      histograms.put("step/score", scores);
    }
    loop.parametersByGroup()
        .forEach(
            (group, values) ->
                histograms.put(
                    "parameters/" + group.name().toLowerCase(Locale.ROOT), doubles(values)));
    events.write(metrics, histograms);
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  @Override
  public void close() {
    try (log) {
      events.close();
    }
  }
}
