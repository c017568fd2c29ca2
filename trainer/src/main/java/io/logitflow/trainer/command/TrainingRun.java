package io.logitflow.trainer.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.StagedOutput;
import io.logitflow.trainer.checkpoint.CheckpointStore;
import io.logitflow.trainer.config.LoadedConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.evaluation.EvaluationReport;
import io.logitflow.trainer.evaluation.ModelEvaluation;
import io.logitflow.trainer.training.ModeTracker;
import io.logitflow.trainer.training.RoundMetrics;
import io.logitflow.trainer.training.TrainingLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One run of the trainer in a directory: takes up where a checkpoint left off, trains, writes
 * checkpoints on the interval and when the process is told to stop, and evaluates at the end.
 */
final class TrainingRun {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  private final LoadedConfig loaded;
  private final TrainerConfig config;
  private final Path directory;
  private final boolean resume;
  private final @Nullable Path source;

  /**
   * Prepares a run.
   *
   * @param loaded the configuration
   * @param directory where checkpoints go
   * @param resume whether to go on in a directory that exists
   * @param source directory of the run whose parameters this one starts from, or null to start anew
   * @throws InvalidInputException if the directory exists and is not to be resumed
   */
  TrainingRun(LoadedConfig loaded, Path directory, boolean resume, @Nullable Path source) {
    this.loaded = loaded;
    this.config = loaded.config();
    this.directory = directory;
    this.resume = resume;
    this.source = source;
    if (!resume) {
      StagedOutput.requireAbsent(directory);
    }
  }

  /**
   * Trains to the last round, or to the checkpoint that a signal asks for.
   *
   * @throws InvalidInputException if something that the config names is at fault
   */
  void run() {
    try (RunInputs inputs = RunInputs.read(loaded)) {
      // Before there is a directory: a run that cannot begin leaves nothing.
      RunStart first = resume ? null : RunStart.first(inputs, source);
      try (CheckpointStore store = new CheckpointStore(directory, resume)) {
        RunStart start =
            first == null
                ? store
                    .latest()
                    .map(checkpoint -> RunStart.resumed(inputs, checkpoint, source))
                    .orElseGet(() -> RunStart.first(inputs, source))
                : first;
        run(inputs, store, start);
      }
    }
  }

  private void run(RunInputs inputs, CheckpointStore store, RunStart start) {
    ModeTracker tracker = new ModeTracker(inputs.modes().objects());
    try (TrainingLoop loop =
        new TrainingLoop(
            config,
            inputs.environment(),
            inputs.logReward(),
            tracker,
            inputs.dataset(),
            start.state())) {
      Runnable save = () -> store.write(config, start.data(), loop.snapshot());
      if (loop.round() == 0 && start.state() != null) {
        save.run(); // Where it started from is known from then on, whenever it is killed.
      }
      long begin = System.nanoTime();
      if (train(loop, save, tracker.totalCount())) {
        evaluate(loop, inputs, tracker, (System.nanoTime() - begin) / 1e9);
      }
    }
  }

  /** Returns whether the last round was reached. */
  private boolean train(TrainingLoop loop, Runnable save, int modesTotal) {
    try (StopSignal signal = new StopSignal();
        TrainingProgress progress =
            new TrainingProgress(loop.round(), config.training().rounds(), modesTotal)) {
      while (!loop.finished() && !signal.received()) {
        RoundMetrics metrics = loop.runRound();
        progress.show(metrics);
        if (loop.round() % config.training().checkpointInterval() == 0) {
          save.run();
        }
      }
      save.run();
      if (!loop.finished()) {
        progress.stopped(loop.round());
      }
      return loop.finished();
    }
  }

  private void evaluate(TrainingLoop loop, RunInputs inputs, ModeTracker tracker, double seconds) {
    EvaluationReport report =
        new EvaluationReport(
            loop.round(),
            new EvaluationReport.Training(
                seconds, loop.rewardCalls(), tracker.foundCount(), tracker.totalCount()),
            new ModelEvaluation(
                    config, inputs.environment(), inputs.logReward(), inputs.modes().objects())
                .evaluate(loop.policy()));
    Path file = directory.resolve(CheckpointStore.EVALUATION);
    try (StagedOutput staged = StagedOutput.file(file)) {
      Files.writeString(
          staged.path(), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
      staged.publish();
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be written", e);
    }
    EvaluationTable.print(report);
  }
}
