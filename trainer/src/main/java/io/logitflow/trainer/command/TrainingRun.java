package io.logitflow.trainer.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.checkpoint.CheckpointStore;
import io.logitflow.trainer.config.ConditioningConfig;
import io.logitflow.trainer.config.LoadedConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.evaluation.EvaluationReport;
import io.logitflow.trainer.evaluation.ModelEvaluation;
import io.logitflow.trainer.policy.ComputeDevice;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.TensorEngine;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.report.EvaluationTable;
import io.logitflow.trainer.report.MetricsTable;
import io.logitflow.trainer.report.RunReport;
import io.logitflow.trainer.report.RunSummary;
import io.logitflow.trainer.training.ModeTracker;
import io.logitflow.trainer.training.TrainingLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run of the trainer in a directory: takes up where a checkpoint left off, trains, writes
 * checkpoints on the interval and when the process is told to stop, and evaluates at the end.
 */
final class TrainingRun {
  private static final int SCALE_POINTS = 101;

  /** How long a checkpoint waits for scores on their way, which would be asked for again. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final LoadedConfig loaded;
  private final TrainerConfig config;
  private final Path directory;
  private final boolean resume;
  private final @Nullable Path source;
  private final ComputeDevice device;

  /**
   * Prepares a run.
   *
   * @param loaded the configuration
   * @param directory where checkpoints go
   * @param resume whether to go on in a directory that exists
   * @param source directory of the run whose parameters this one starts from, or null to start anew
   * @param device where it computes
   * @throws InvalidInputException if the directory is taken and not to be resumed
   */
  TrainingRun(
      LoadedConfig loaded,
      Path directory,
      boolean resume,
      @Nullable Path source,
      ComputeDevice device) {
    this.loaded = loaded;
    this.config = loaded.config();
    this.directory = directory;
    this.resume = resume;
    this.source = source;
    this.device = device;
    if (!resume) {
      CheckpointStore.requireFree(directory);
    }
  }

  /**
   * Trains to the last round, or to the checkpoint that a signal asks for.
   *
   * @throws InvalidInputException if something that the config names is at fault, or the device is
   *     not there
   */
  void run() {
    try (RunInputs inputs = RunInputs.read(loaded)) {
      ModelEvaluation evaluation =
          new ModelEvaluation(loaded, inputs.environment(), inputs.modes());
      // Before there is a directory: a run that cannot begin leaves nothing.
      TensorEngine.require(device);
      GFlowNet.of(config, inputs.environment());
      RunStart first =
          resume && CheckpointStore.holdsCheckpoint(directory)
              ? null
              : RunStart.first(inputs, source);
      try (CheckpointStore store = new CheckpointStore(directory, resume)) {
        RunStart start =
            store
                .latest()
                .map(checkpoint -> RunStart.resumed(inputs, checkpoint, source))
                .orElseGet(() -> first == null ? RunStart.first(inputs, source) : first);
        run(inputs, evaluation, store, start);
      }
    }
  }

  private void run(
      RunInputs inputs, ModelEvaluation evaluation, CheckpointStore store, RunStart start) {
    ModeTracker tracker = new ModeTracker(inputs.modes().objects());
    try (TrainingLoop loop =
        new TrainingLoop(
            device,
            config,
            inputs.environment(),
            inputs.logReward(),
            tracker,
            inputs.dataset(),
            start.state())) {
      Runnable save =
          () -> {
            loop.settle(PATIENCE);
            store.write(config, start.data(), loop.snapshot());
          };
      if (loop.round() == 0 && start.state() != null) {
        save.run(); // Where it started from is known from then on, whenever it is killed.
      }
      long begin = System.nanoTime();
      RunEvaluations evaluations =
          new RunEvaluations(config.evaluation(), evaluation, loop, directory);
      if (train(loop, evaluations, save, tracker.totalCount())) {
        report(
            loop, evaluate(loop, evaluations, inputs, tracker, (System.nanoTime() - begin) / 1e9));
      }
    }
  }

  /** Returns whether the last round was reached. */
  private boolean train(
      TrainingLoop loop, RunEvaluations evaluations, Runnable save, int modesTotal) {
    try (StopSignal signal = new StopSignal();
        RunRecord record = new RunRecord(directory, loop);
        TrainingProgress progress =
            new TrainingProgress(loop.round(), config.training().rounds(), modesTotal)) {
      loop.addObserver(record);
      while (!loop.finished() && !signal.received()) {
        runRound(loop, save);
        progress.show(loop);
        evaluations.afterRound();
        if (loop.round() % config.training().checkpointInterval() == 0) {
          save.run();
        }
      }
      save.run();
      if (!loop.finished()) {
        progress.stopped(loop.round());
        report(loop, null); // While the signal is held off.
      }
      return loop.finished();
    }
  }

  /**
   * Trains a round; where a score cannot be had, saves what has been trained and paid for since the
   * last checkpoint. Where that is a checkpoint of this very round, what a local search that failed
   * on its way has paid for is lost.
   */
  private static void runRound(TrainingLoop loop, Runnable save) {
    try {
      loop.runRound();
    } catch (LogitFlowException e) {
      if (loop.betweenRounds()) {
        try {
          save.run();
        } catch (LogitFlowException unsaved) {
          e.addSuppressed(unsaved); // The first failure is the one to mend.
        }
      }
      throw e;
    }
  }

  private void report(TrainingLoop loop, RunSummary.@Nullable Model model) {
    RunReport.write(
        new RunSummary(
            String.valueOf(directory.toAbsolutePath().normalize().getFileName()),
            Instant.now(),
            loop.round(),
            config,
            MetricsTable.of(loop.metrics()),
            model),
        directory);
  }

  private RunSummary.Model evaluate(
      TrainingLoop loop,
      RunEvaluations evaluations,
      RunInputs inputs,
      ModeTracker tracker,
      double seconds) {
    int total = tracker.totalCount();
    EvaluationReport report =
        evaluations.atEnd(
            new EvaluationReport.Training(
                seconds,
                loop.rewardCalls(),
                total == 0 ? null : tracker.foundCount(),
                total == 0 ? null : total));
    System.out.print("\n" + EvaluationTable.text(report));
    return new RunSummary.Model(report, inputs.environment().tokens(), scaleCurve(loop.policy()));
  }

  /** Returns the scales over the evaluated and the trained range of β, null if there are none. */
  private RunSummary.@Nullable ScaleCurve scaleCurve(TrainedPolicy policy) {
    if (!(config.policy().conditioning() instanceof ConditioningConfig.Scaled)) {
      return null;
    }
    List<Float> evaluated = config.evaluation().betas();
    float low = Math.min(config.training().lowestBeta(), Collections.min(evaluated));
    float high = Math.max(config.training().highestBeta(), Collections.max(evaluated));
    float[] betas = new float[SCALE_POINTS];
    for (int i = 0; i < betas.length; i++) {
      betas[i] = low + (high - low) * i / (betas.length - 1);
    }
    Map<String, float[]> scales = new LinkedHashMap<>();
    addHeads("P_F", policy.forwardScale(betas), policy.heads(), scales);
    if (policy.learnsBackward()) {
      addHeads("P_B", policy.backwardScale(betas), policy.heads(), scales);
    }
    return new RunSummary.ScaleCurve(betas, scales);
  }

  private static void addHeads(
      String policy, float[] scale, int heads, Map<String, float[]> scales) {
    for (int head = 0; head < heads; head++) {
      float[] ofHead = new float[scale.length / heads];
      for (int i = 0; i < ofHead.length; i++) {
        ofHead[i] = scale[i * heads + head];
      }
      scales.put(heads == 1 ? policy : policy + ", head " + (head + 1), ofHead);
    }
  }
}
