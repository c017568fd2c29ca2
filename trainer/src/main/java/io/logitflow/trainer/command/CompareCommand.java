package io.logitflow.trainer.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.checkpoint.CheckpointStore;
import io.logitflow.trainer.checkpoint.DataFingerprints;
import io.logitflow.trainer.report.ComparedRun;
import io.logitflow.trainer.report.RunComparison;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code compare}: shows several runs on the same axes. */
@Command(
    name = "compare",
    description =
        "Shows several runs on the same axes; runs that differ only in the seed are one group with"
            + " mean and range.",
    sortOptions = false)
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "RUN",
      arity = "1..*",
      description = "Directories that ./logitflow train has written.")
  private Set<Path> directories = new LinkedHashSet<>();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "The page to write, HTML.")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    List<ComparedRun> runs = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Path directory : directories) {
      try {
        Checkpoint checkpoint = Checkpoint.load(directory);
        runs.add(
            ComparedRun.read(
                directory.toString(),
                checkpoint.config(),
                data(checkpoint.data()),
                directory,
                directory.resolve(CheckpointStore.EVALUATION)));
      } catch (InvalidInputException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
    RunComparison comparison = new RunComparison(runs);
    comparison.write(out);
    spec.commandLine().getOut().print(comparison.text());
    spec.commandLine().getOut().flush();
    return 0;
  }

  /**
   * Returns what is behind a run beside its config. Of another run that it started from, only that
   * there was one: each seed may have started from another.
   */
  private static Map<String, String> data(DataFingerprints files) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("reward.data", shown(files.reward()));
    data.put("training.offline.data", shown(files.offline()));
    data.put("evaluation.modes.data", shown(files.modes()));
    data.put("--init-from", files.initialParameters().isEmpty() ? "no" : "yes");
    return data;
  }

  private static String shown(String sha256) {
    return sha256.isEmpty() ? "none" : sha256;
  }
}
