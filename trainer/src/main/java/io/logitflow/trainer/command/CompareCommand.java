package io.logitflow.trainer.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.checkpoint.CheckpointStore;
import io.logitflow.trainer.report.ComparedRun;
import io.logitflow.trainer.report.RunComparison;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
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
        "Shows several runs on the same axes; runs whose configs differ only in the seed are one"
            + " group with mean and range.",
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
        runs.add(
            ComparedRun.read(
                directory.toString(),
                Checkpoint.load(directory).config(),
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
}
