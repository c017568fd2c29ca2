package io.logitflow.trainer.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.Problem;
import io.logitflow.contract.StagedOutput;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.checkpoint.CheckpointStore;
import io.logitflow.trainer.checkpoint.DataFingerprints;
import io.logitflow.trainer.config.ConditioningConfig;
import io.logitflow.trainer.config.ConfigComparison;
import io.logitflow.trainer.config.LoadedConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Environments;
import io.logitflow.trainer.evaluation.EvaluationReport;
import io.logitflow.trainer.evaluation.ModelEvaluation;
import io.logitflow.trainer.evaluation.Modes;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.report.MetricsTable;
import io.logitflow.trainer.report.RunReport;
import io.logitflow.trainer.report.RunSummary;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.reward.LogRewardTransform;
import io.logitflow.trainer.reward.Reward;
import io.logitflow.trainer.reward.Rewards;
import io.logitflow.trainer.training.ModeTracker;
import io.logitflow.trainer.training.RoundMetrics;
import io.logitflow.trainer.training.TrainingLoop;
import io.logitflow.trainer.training.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
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
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  private static final int SCALE_POINTS = 101;

  private final TrainerConfig config;
  private final Path directory;
  private final boolean resume;
  private final Environment environment;
  private final LogReward logReward;
  private final Modes modes;
  private final DataFingerprints data;
  private final ModeTracker tracker;

  /**
   * Prepares a run, reading all that the config names.
   *
   * @param loaded the configuration
   * @param directory where checkpoints go
   * @param resume whether to go on in a directory that exists
   * @throws InvalidInputException if something that the config names is at fault
   */
  TrainingRun(LoadedConfig loaded, Path directory, boolean resume) {
    this.config = loaded.config();
    this.directory = directory;
    this.resume = resume;
    if (!resume) {
      StagedOutput.requireAbsent(directory);
    }
    this.environment = Environments.create(config.environment());
    Reward reward = Rewards.create(config.reward(), loaded.directory(), environment);
    this.logReward = new LogReward(reward, new LogRewardTransform(config.logReward()));
    this.modes = Modes.read(config.evaluation().modes(), loaded.directory(), environment);
    this.data = new DataFingerprints(reward.fingerprint(), modes.fingerprint());
    this.tracker = new ModeTracker(modes.objects());
  }

  /** Trains to the last round, or to the checkpoint that a signal asks for. */
  void run() {
    try (CheckpointStore store = new CheckpointStore(directory, resume)) {
      TrainingState saved = store.latest().map(this::compatible).orElse(null);
      try (TrainingLoop loop = new TrainingLoop(config, environment, logReward, tracker, saved)) {
        long start = System.nanoTime();
        if (train(loop, store)) {
          report(loop, evaluate(loop, (System.nanoTime() - start) / 1e9));
        }
      }
    }
  }

  /** Returns the state of a checkpoint after making sure that this run can go on from it. */
  private TrainingState compatible(Checkpoint checkpoint) {
    List<Problem> differences =
        new ArrayList<>(ConfigComparison.differences(checkpoint.config(), config));
    compare("reward", data.reward(), checkpoint.data().reward(), differences);
    compare("evaluation.modes", data.modes(), checkpoint.data().modes(), differences);
    if (checkpoint.round() > config.training().rounds()) {
      differences.add(
          new Problem(
              "training.rounds",
              Integer.toString(config.training().rounds()),
              "at least the " + checkpoint.round() + " that the checkpoint has done"));
    }
    if (!differences.isEmpty()) {
      throw new InvalidInputException(differences);
    }
    return checkpoint.state();
  }

  private static void compare(
      String subject, String found, String expected, List<Problem> differences) {
    if (!found.equals(expected)) {
      differences.add(
          new Problem(subject, "data of SHA-256 " + found, expected + " as in the checkpoint"));
    }
  }

  /** Returns whether the last round was reached. */
  private boolean train(TrainingLoop loop, CheckpointStore store) {
    try (StopSignal signal = new StopSignal();
        RunRecord record = new RunRecord(directory, loop);
        TrainingProgress progress =
            new TrainingProgress(loop.round(), config.training().rounds(), tracker.totalCount())) {
      while (!loop.finished() && !signal.received()) {
        RoundMetrics metrics = loop.runRound();
        progress.show(metrics);
        record.update();
        if (loop.round() % config.training().checkpointInterval() == 0) {
          checkpoint(loop, store);
        }
      }
      checkpoint(loop, store);
      if (!loop.finished()) {
        progress.stopped(loop.round());
        report(loop, null);
      }
      return loop.finished();
    }
  }

  private void checkpoint(TrainingLoop loop, CheckpointStore store) {
    store.write(config, data, loop.snapshot());
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

  private RunSummary.Model evaluate(TrainingLoop loop, double seconds) {
    SampledEvidence evidence = new SampledEvidence();
    EvaluationReport report =
        new EvaluationReport(
            loop.round(),
            new EvaluationReport.Training(
                seconds, loop.rewardCalls(), tracker.foundCount(), tracker.totalCount()),
            new ModelEvaluation(config, environment, logReward, modes.objects())
                .evaluate(loop.policy(), evidence));
    Path file = directory.resolve(CheckpointStore.EVALUATION);
    try (StagedOutput staged = StagedOutput.file(file)) {
      Files.writeString(
          staged.path(), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
      staged.publish();
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be written", e);
    }
    EvaluationTable.print(report);
    return new RunSummary.Model(
        report,
        environment.tokens(),
        evidence.samples(),
        evidence.enumeration(),
        scaleCurve(loop.policy()));
  }

  /** Returns the scales over the evaluated and the trained range of β, null if there are none. */
  private RunSummary.@Nullable ScaleCurve scaleCurve(TrainedPolicy policy) {
    if (config.policy().conditioning() instanceof ConditioningConfig.None
        || config.policy().conditioning() instanceof ConditioningConfig.Layer) {
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
