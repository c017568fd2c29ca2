package io.logitflow.exporter.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.StagedOutput;
import io.logitflow.contract.command.ProviderOptions;
import io.logitflow.contract.command.Repository;
import io.logitflow.exporter.benchmark.BenchmarkEntry;
import io.logitflow.exporter.benchmark.GpuBenchmark;
import io.logitflow.exporter.benchmark.GpuDocument;
import io.logitflow.exporter.benchmark.GpuReport;
import io.logitflow.exporter.benchmark.SamplingBenchmark;
import io.logitflow.sampler.session.CudaProvider;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench sample}: measures exported samplers beside their baselines. */
@Command(
    name = "sample",
    description = {
      "Measures exported samplers on one core, each figure beside a baseline of the same run: the"
          + " plain rollout beside bare matrix products, rollouts by tables beside the plain one, a"
          + " candidate and whole tiles beside calling policy.onnx step by step, the memory that a"
          + " tile of 1,024 rows allocates beside one of four.",
      "Models are as initialised. The whole takes about three minutes.",
      "With --provider cuda it measures rollouts on a GPU instead, beside the CPU, and writes"
          + " docs/gpu.md."
    },
    sortOptions = false)
final class BenchSampleCommand implements Callable<Integer> {
  private static final double LONGEST = 60;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--block",
      paramLabel = "SECONDS",
      defaultValue = "0.2",
      description =
          "Time of a block of runs, above 0, to 60; every figure and its baseline are medians of"
              + " five turns of three blocks. By default 0.2.")
  private double block;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures beside their baselines as a JSON array.")
  private @Nullable Path json;

  @Mixin private ProviderOptions provider = new ProviderOptions();

  @Override
  public Integer call() {
    if (!(block > 0 && block <= LONGEST)) {
      throw new InvalidInputException("--block", Double.toString(block), "seconds above 0, to 60");
    }
    // Staged first: a file that cannot be written is refused before minutes of measuring.
    try (StagedOutput staged = json == null ? null : StagedOutput.file(json)) {
      List<BenchmarkEntry> entries =
          provider
              .choose(Optional.<CudaProvider>empty(), BenchSampleCommand::gpu)
              .map(this::measureOn)
              .orElseGet(this::measure);
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

  private static Optional<CudaProvider> gpu(int device, long memoryLimitBytes, boolean tf32) {
    return Optional.of(new CudaProvider(device, memoryLimitBytes, tf32));
  }

  /** Measures a GPU and writes its document, which stays as it is if that fails. */
  private List<BenchmarkEntry> measureOn(CudaProvider gpu) {
    AskedProvider.require(gpu);
    Path document = Repository.file(GpuDocument.PATH, "bench sample --provider cuda");
    try (StagedOutput staged = StagedOutput.file(document)) {
      GpuReport report = new GpuBenchmark(gpu, milliseconds(), this::print).run();
      Files.writeString(staged.path(), GpuDocument.of(report));
      staged.publish();
      return report.rates();
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(document, "be written", e);
    }
  }

  private long milliseconds() {
    return Math.max(1, Math.round(1e3 * block));
  }

  private List<BenchmarkEntry> measure() {
    List<BenchmarkEntry> entries = new ArrayList<>();
    print(String.format("%-28s %14s %-13s %14s %8s", "", "value", "unit", "baseline", "ratio"));
    new SamplingBenchmark(
            milliseconds(),
            entry -> {
              entries.add(entry);
              print(line(entry));
            })
        .run();
    return entries;
  }

  private static String line(BenchmarkEntry entry) {
    return String.format(
        Locale.ROOT,
        "%-28s %,14.1f %-13s %,14.1f %8.2f",
        entry.name(),
        entry.value(),
        entry.unit(),
        entry.baseline(),
        entry.ratio());
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
