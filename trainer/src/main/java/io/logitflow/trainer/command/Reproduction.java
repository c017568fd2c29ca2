package io.logitflow.trainer.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.Problem;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.checkpoint.CheckpointStore;
import io.logitflow.trainer.config.ConfigComparison;
import io.logitflow.trainer.config.LoadedConfig;
import io.logitflow.trainer.policy.ComputeDevice;
import io.logitflow.trainer.reproduction.Experiment;
import io.logitflow.trainer.reproduction.Experiment.Run;
import io.logitflow.trainer.reproduction.ResultPage;
import io.logitflow.trainer.reproduction.RunCost;
import io.logitflow.trainer.reproduction.RunResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All runs of an experiment, one after another, each in a directory of its own as {@code train}
 * leaves it: finished ones are taken as they are, one that was interrupted goes on.
 *
 * @param name the experiment's name
 * @param directory the experiment's directory
 * @param seeds how many seeds each variant is trained from
 * @param runs where the directories of the runs lie
 */
record Reproduction(String name, Path directory, int seeds, Path runs) {
  /**
   * Trains what has not been trained, and writes the page.
   *
   * @param out where the page goes
   * @throws InvalidInputException if a directory holds a run of another configuration
   * @throws LogitFlowException if the process is told to stop
   */
  void run(Path out) {
    Experiment experiment = Experiment.read(directory);
    List<Run> all = experiment.runs(seeds);
    // All before the first: a fault of the last would cost the time of the others.
    List<LoadedConfig> configs = all.stream().map(run -> Experiment.load(directory, run)).toList();
    List<Boolean> finished = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      finished.add(isFinished(place(all.get(i)), configs.get(i)));
    }
    List<RunResult> results = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Run run = all.get(i);
      if (!finished.get(i)) {
        System.err.println("Run " + (i + 1) + " of " + all.size() + ": " + run.name());
        train(run, configs.get(i));
      }
      results.add(result(run));
    }
    new ResultPage(name, experiment, directory, seeds, results).write(out);
  }

  private Path place(Run run) {
    return runs.resolve(name).resolve(run.name());
  }

  private Path cost(Run run) {
    return runs.resolve(name).resolve(run.name() + ".json");
  }

  private static boolean isFinished(Path place, LoadedConfig loaded) {
    if (!Files.exists(place.resolve(CheckpointStore.EVALUATION))) {
      return false;
    }
    Checkpoint checkpoint = Checkpoint.load(place);
    List<Problem> differences = ConfigComparison.differences(checkpoint.config(), loaded.config());
    if (!differences.isEmpty()) {
      throw new InvalidInputException(
          differences.stream()
              .map(
                  problem ->
                      new Problem(
                          place + ": " + problem.subject(), problem.found(), problem.expected()))
              .toList());
    }
    return checkpoint.round() == loaded.config().training().rounds();
  }

  private void train(Run run, LoadedConfig loaded) {
    Path place = place(run);
    boolean atOneGo = !Files.exists(place);
    Optional<Duration> before = cpuTime();
    new TrainingRun(loaded, place, true, null, ComputeDevice.CPU).run();
    if (!isFinished(place, loaded)) {
      throw new LogitFlowException(
          Category.FAILED, "reproduce: stopped in " + place + "; the same command goes on there");
    }
    RunCost.now(atOneGo ? seconds(before, cpuTime()) : null).write(cost(run));
  }

  private static Optional<Duration> cpuTime() {
    return ProcessHandle.current().info().totalCpuDuration();
  }

  private static @Nullable Double seconds(Optional<Duration> before, Optional<Duration> after) {
    return before.isEmpty() || after.isEmpty()
        ? null
        : Double.valueOf(after.get().minus(before.get()).toMillis() / 1e3);
  }

  private RunResult result(Run run) {
    Path place = place(run);
    if (!Files.exists(cost(run))) {
      // The process was killed between the run's end and this.
      RunCost.now(null).write(cost(run));
    }
    return RunResult.read(
        run,
        place,
        place.resolve(CheckpointStore.EVALUATION),
        place.resolve(CheckpointStore.EVALUATIONS),
        RunCost.read(cost(run)));
  }
}
