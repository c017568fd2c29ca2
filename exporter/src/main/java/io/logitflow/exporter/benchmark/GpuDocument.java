package io.logitflow.exporter.benchmark;

import io.logitflow.exporter.benchmark.GpuReport.ModelOnGpu;
import io.logitflow.sampler.session.BitInvariance;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The text of {@code docs/gpu.md}: what a GPU was seen to do, and what holds without one. */
public final class GpuDocument {
  /** The document's place in the repository. */
  public static final String PATH = "docs/gpu.md";

  private static final String TITLE = "# Sampling on a GPU\n\n";

  private GpuDocument() {}

  /** Returns the document of a measurement. */
  public static String of(GpuReport report) {
    StringBuilder text = new StringBuilder(TITLE);
    text.append(
        """
        Verified on %s, %s: driver %s, ONNX Runtime %s, TF32 %s, by `./logitflow bench sample --provider cuda`, which wrote this page.

        | model | equal to the trainer on the CPU | largest difference in log P_F | rows with other bits, of 256 or of two tiles, by size of the tile | nodes on the GPU | elsewhere |
        | --- | --- | --- | --- | --- | --- |
        """
            .formatted(
                report.device(),
                report.date(),
                report.driver(),
                report.runtime(),
                report.tf32() ? "on" : "off"));
    report.models().forEach(model -> text.append(findings(model)));
    text.append(
        """

        A row must have the same bits whatever is in its tile. So tiles are padded to the largest size and to those alone in which no row had other bits than in it; the rates below are of tiles as they are, before that.

        | rate, by rows of a tile | candidates/s | one thread of the CPU, up to 1,024 rows | ratio |
        | --- | ---: | ---: | ---: |
        """);
    for (BenchmarkEntry rate : report.rates()) {
      text.append(
          String.format(
              Locale.ROOT,
              "| `%s` | %,.0f | %,.0f | %.2f |\n",
              rate.name(),
              rate.value(),
              rate.baseline(),
              rate.ratio()));
    }
    return text.append(ofEveryMachine(report.forms())).toString();
  }

  private static String findings(ModelOnGpu model) {
    double difference =
        model.parity().outputs().stream()
            .filter(output -> output.output().equals("log_pf"))
            .mapToDouble(output -> output.largestDifference())
            .max()
            .orElse(Double.NaN);
    int nodes = model.placement().nodesByProvider().getOrDefault(GpuBenchmark.CUDA, 0);
    return String.format(
        Locale.ROOT,
        "| %s | %s, %d trajectories | %.1e | %s | %d | %d |\n",
        model.name(),
        model.parity().passed() ? "yes" : "no",
        model.parity().rows(),
        difference,
        differing(model.invariance()),
        nodes,
        model.placement().elsewhere(GpuBenchmark.CUDA));
  }

  private static String differing(BitInvariance invariance) {
    return invariance.differingRows().entrySet().stream()
        .map(size -> size.getKey() + ": " + size.getValue())
        .collect(Collectors.joining(", "));
  }

  /** Returns what does not depend on a measurement; the launches are counted. */
  static String ofEveryMachine(List<MeasuredForm> forms) {
    return """

    ## Use

    ```sh
    mvn -q -B -DskipTests -Pcuda package
    ./logitflow serve --bundle DIR --port 50051 --provider cuda --tile 16384 --workers 2
    ```

    The profile `cuda` takes ONNX Runtime with its CUDA provider (`onnxruntime_gpu`, 406 MB, for Linux and Windows on x86-64) in place of the one for the CPU, which it still contains. It is not the profile `gpu` of [training on a GPU](deploy/gpu.md), whose PyTorch starts nowhere but on a GPU; a machine that only serves needs none of that, and the two together have not been tried. The machine has an NVIDIA driver for CUDA 12, and the libraries of CUDA 12 and cuDNN 9 where the loader finds them.

    `--provider cuda` is an option of `serve`, `verify` and `bench sample`, with `--device N`, `--memory-limit SIZE` and `--tf32`. Products of matrices are computed in full float32 unless `--tf32` lets them round to TF32, which is refused for bundles with tables and others whose products carry large whole numbers. A bundle of `export --precision int8` is refused, since ONNX Runtime has no kernel for its products there; one of `fp16` is not. [ADR 12](adr/0012-sizes-of-tiles-and-rounding-on-a-gpu.md) has what an H100 did beside. What is asked for and not there is refused in one line: a build without the provider, a library of CUDA that is missing, a GPU that is not there; ONNX Runtime may log a line of its own before. A session of which a single node would run on the CPU is refused as well; nothing falls back.

    ## What a seed gives

    On the CPU a row's bits depend on (model, seed, row, β) alone. On a GPU the kernels, and with them the last bits, may differ with the number of rows. So tiles are padded to few sizes: 4, 32, 256, 1024, 4096, 16384 rows and `--tile` itself. When a session starts it runs the same rows in tiles of each of these sizes and keeps the largest size and those in which no bit of 256 rows or more, and of 8,192 or more where these agree, is another than in it; `serve` says which. Constrained draws and scores, whose graphs are not compared so, always have tiles of the largest size. A tile costs what its padded size does; up to some thousands of rows that is the time of its launches, whatever the size. With the same GPU, driver, build and `--tile` the same seed then gives the same candidates, whatever else is in the batch. Another GPU, or the CPU, may choose another action where a uniform lies within rounding of the boundary between two.

    Nothing relies on CUDA graphs: ONNX Runtime's Java API binds no memory of the device, so that a replay would read old inputs. Inputs and outputs of a tile cross to the GPU and back once each, in one run.

    ## Launches of a rollout

    Operators of `rollout.onnx`, and those among them that compute or move elements in each run: all but what follows from constants alone, and but `Reshape` and `Shape`. The body of a loop counts once as operators and as often as it runs as launches. Each is one launch of a kernel at least (a running sum, a reduction or a product of matrices may take more, and ONNX Runtime fuses some); a tile is worth its launches if it is large. Models of two hidden layers; the width does not matter.

    | model | form | steps | of them by tables | operators | launches | a step |
    | --- | --- | ---: | --- | ---: | ---: | ---: |
    """
        + forms.stream().map(GpuDocument::row).collect(Collectors.joining())
        + """

        ## What is tested without a GPU

        - Every operator of every form of a rollout, of decoding and of scores, with the types of its inputs and in the version of the operator set that the files name, stands in a list of the kernels of ONNX Runtime's CUDA provider, and none is of the kind that ONNX Runtime moves to the CPU in spite of its kernel (`CudaKernelsTest`).
        - The table of launches is what the files have (`GpuDocumentTest`).
        - The sizes that tiles are padded to (`TileSizesTest`), and that the measurement of a row's bits finds none that differ where none do, and those of a graph made for it (`BitInvarianceTest`, `TileInvarianceTest`): on the CPU.
        - A build without the provider says so (`CudaProviderTest`, `ExporterProcessTest`, `ServeCommandIT`). By hand, on a machine without a GPU: the build with the profile says which library of CUDA is missing, and where none is, that the driver is.
        - What every form would draw with TF32, unless that is refused: with factors cut to as many bits, on the CPU (`RoundedFactorsTest`).
        - What `bench sample --provider cuda` measures, on the CPU (`RolloutMeasurementTest`, `NodePlacementTest`).
        """;
  }

  private static String row(MeasuredForm form) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %d | %s | %d | %d | %.1f |\n",
        form.model(),
        form.form(),
        form.steps(),
        form.tables(),
        form.size().nodes(),
        form.size().launches(),
        form.size().launches() / (double) form.steps());
  }
}
