package io.logitflow.trainer.command;

import io.logitflow.trainer.training.RoundMetrics;
import java.time.Duration;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * The progress of training, on standard error: rounds, rate, time left, loss, log Z, modes. At a
 * terminal it is a bar that moves; elsewhere, in a log, a line every ten seconds.
 */
final class TrainingProgress implements AutoCloseable {
  private static final int UPDATE_MILLISECONDS = 500;
  private static final int LINE_MILLISECONDS = 10_000;
  private static final int WIDTH = 140;

  private final ProgressBar bar;
  private final int modesTotal;

  /**
   * Begins to show it.
   *
   * @param done rounds done before
   * @param rounds rounds in all
   * @param modesTotal modes known
   */
  TrainingProgress(long done, int rounds, int modesTotal) {
    this.modesTotal = modesTotal;
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName("Training")
            .setInitialMax(rounds)
            .startsFrom(done, Duration.ZERO)
            .setStyle(ProgressBarStyle.ASCII)
            .setUnit(" rounds", 1)
            .showSpeed()
            .setMaxRenderedLength(WIDTH)
            .setUpdateIntervalMillis(UPDATE_MILLISECONDS);
    if (!atTerminal()) {
      builder
          .setConsumer(new DelegatingProgressBarConsumer(System.err::println, WIDTH))
          .setUpdateIntervalMillis(LINE_MILLISECONDS);
    }
    this.bar = builder.build();
  }

  /** From JDK 22 on, the console is null without a terminal only as the launcher starts Java. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean atTerminal() {
    return System.console() != null;
  }

  /**
   * Shows a round.
   *
   * @param metrics what the round showed
   */
  void show(RoundMetrics metrics) {
    bar.setExtraMessage(
        String.format(", loss %.3f, log Z %.3f", metrics.loss(), metrics.logPartition())
            + (modesTotal > 0 ? ", modes " + metrics.modesFound() + "/" + modesTotal : ""));
    bar.stepTo(metrics.round() + 1);
  }

  /**
   * Says that training was asked to stop.
   *
   * @param round rounds done and saved
   */
  void stopped(long round) {
    bar.setExtraMessage(", stopped after round " + round + "; --resume goes on from there");
  }

  @Override
  public void close() {
    bar.close();
  }
}
