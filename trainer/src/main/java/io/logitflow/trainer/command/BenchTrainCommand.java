package io.logitflow.trainer.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.Problem;
import io.logitflow.contract.StagedOutput;
import io.logitflow.contract.command.CommaSeparated;
import io.logitflow.contract.command.Repository;
import io.logitflow.trainer.benchmark.BenchmarkEntry;
import io.logitflow.trainer.benchmark.BenchmarkTable;
import io.logitflow.trainer.benchmark.PeakMemory;
import io.logitflow.trainer.benchmark.StepFigures;
import io.logitflow.trainer.benchmark.TrainingBenchmark;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench train}: measures steps of training beside the floor of their arithmetic. */
@Command(
    name = "train",
    description = {
      "Measures trajectory-balance steps on TFBind8, on one core: CPU time and its parts, and how"
          + " often it is the time that the matrix products alone would take at the rate of large"
          + " ones, measured in between (the floor). Plain steps compute every state of a batch,"
          + " unique ones equal states once. At the end: rounds a second with a reward that takes"
          + " 50 ms for a batch of 32, asked 48 rounds ahead, beside those with a free one.",
      "Policies are as initialised, of two hidden layers; no replay. The whole takes about one"
          + " minute."
    },
    sortOptions = false)
final class BenchTrainCommand implements Callable<Integer> {
  private static final String EXAMPLE = "trainer/examples/tfbind8/tfbind8.yaml";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--batch",
      paramLabel = "B",
      split = ",",
      preprocessor = CommaSeparated.class,
      defaultValue = "16,32,256,1024",
      description = "Trajectories of a step, 1 to 65,536; by default 16,32,256,1024.")
  private List<Integer> batches = new ArrayList<>();

  @Option(
      names = "--width",
      paramLabel = "W",
      split = ",",
      preprocessor = CommaSeparated.class,
      defaultValue = "128,256,1024",
      description = "Widths of both hidden layers, 1 to 16,384; by default 128,256,1024.")
  private List<Integer> widths = new ArrayList<>();

  @Option(
      names = "--block",
      paramLabel = "SECONDS",
      defaultValue = "0.15",
      description =
          "CPU time of a block of steps, at least one step; every figure is the median of seven"
              + " blocks. Above 0, to 60; by default 0.15.")
  private double block;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the steps beside their floors, and the gains, as a JSON array.")
  private @Nullable Path json;

  @Override
  public Integer call() {
    check();
    // Staged first: a file that cannot be written is refused before minutes of measuring.
    try (StagedOutput staged = json == null ? null : StagedOutput.file(json)) {
      List<BenchmarkEntry> entries = measure();
      PeakMemory.megabytes().ifPresent(peak -> print("Peak resident memory: " + peak + " MB"));
      if (staged != null) {
        Files.writeString(
            staged.path(),
            new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(entries) + "\n");
        staged.publish();
      }
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(Objects.requireNonNull(json), "be written", e);
    }
    return 0;
  }

  private List<BenchmarkEntry> measure() {
    List<BenchmarkEntry> entries = new ArrayList<>();
    try (TrainingBenchmark benchmark =
        new TrainingBenchmark(Repository.file(EXAMPLE, "bench train"), 1e3 * block)) {
      print(BenchmarkTable.HEADER);
      for (int width : widths) {
        for (int batch : batches) {
          List<StepFigures> figures = benchmark.measure(batch, width);
          figures.forEach(step -> print(BenchmarkTable.line(step)));
          List<BenchmarkEntry> ofSize = BenchmarkEntry.of(figures.get(0), figures.get(1));
          print(BenchmarkTable.gain(ofSize.get(2)));
          entries.addAll(ofSize);
        }
      }
      BenchmarkEntry overlap = BenchmarkEntry.of(benchmark.overlap());
      print(BenchmarkTable.overlap(overlap));
      entries.add(overlap);
    }
    return entries;
  }

  private void check() {
    List<Problem> problems = new ArrayList<>();
    batches.forEach(batch -> check("--batch", batch, 65_536, problems));
    widths.forEach(width -> check("--width", width, 16_384, problems));
    if (!(block > 0 && block <= 60)) {
      problems.add(new Problem("--block", Double.toString(block), "seconds above 0, to 60"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
  }

  private static void check(String option, int found, int most, List<Problem> problems) {
    if (found < 1 || found > most) {
      problems.add(new Problem(option, Integer.toString(found), "1 to " + most));
    }
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
