package io.logitflow.trainer.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.contract.command.Repository;
import io.logitflow.trainer.reproduction.Experiment;
import io.logitflow.trainer.reproduction.ResultPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reproduce}: trains all variants of a published experiment and shows what they do. */
@Command(
    name = "reproduce",
    description =
        "Trains all variants of a published experiment from several seeds and writes a page of"
            + " results. Stopped at any moment, the same command goes on.",
    sortOptions = false)
final class ReproduceCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "EXPERIMENT",
      description = "tfbind8-online, tfbind8-offline or hypergrid.")
  private String experiment = "";

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Seeds of each variant, from 0 on, 1 to 1000; 3 unless given.")
  private int seeds = 3;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Where the page, its pictures and figures go, docs/results unless given; files of the"
              + " same names are replaced.")
  private Path out = Path.of("docs", "results");

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      description =
          "Where the runs lie, as ./logitflow train leaves them; reproduce unless given. Finished"
              + " ones are not trained again.")
  private Path runs = Path.of("reproduce");

  @Override
  public Integer call() {
    List<Problem> problems = new ArrayList<>();
    if (!Experiment.NAMES.contains(experiment)) {
      problems.add(
          new Problem(
              "EXPERIMENT",
              "\"" + experiment + "\"",
              "one of " + String.join(", ", Experiment.NAMES)));
    }
    if (seeds < 1 || seeds > 1000) {
      problems.add(new Problem("--seeds", Integer.toString(seeds), "1 to 1000"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
    requireWritable("--out", out);
    requireWritable("--runs", runs);
    new Reproduction(
            experiment,
            Repository.file(ResultPage.EXPERIMENTS, "reproduce").resolve(experiment),
            seeds,
            runs)
        .run(out);
    System.out.println("Results: " + out.resolve(experiment + ".md"));
    return 0;
  }

  /** Creates a directory before hours are spent on what goes there. */
  private static void requireWritable(String option, Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new InvalidInputException(
          option, directory + ", which cannot be created", "a directory to write to");
    }
    if (!Files.isWritable(directory)) {
      throw new InvalidInputException(
          option, directory + ", which is read-only", "a directory to write to");
    }
  }
}
