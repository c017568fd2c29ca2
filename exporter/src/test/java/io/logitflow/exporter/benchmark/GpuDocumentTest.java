package io.logitflow.exporter.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.exporter.benchmark.GpuReport.ModelOnGpu;
import io.logitflow.exporter.parity.OutputParity;
import io.logitflow.exporter.parity.ParityReport;
import io.logitflow.sampler.session.BitInvariance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * With {@code -Dlogitflow.gpu.write=true} what does not depend on a GPU is written anew, and what
 * was measured on one stays.
 */
class GpuDocumentTest {
  private static final Path DOCUMENT = Path.of("..").resolve(GpuDocument.PATH);
  private static final List<MeasuredForm> FORMS = MeasuredForm.all();
  private static final String OF_EVERY_MACHINE = GpuDocument.ofEveryMachine(FORMS);

  @BeforeAll
  static void writeIfAsked() throws Exception {
    if (Boolean.getBoolean("logitflow.gpu.write")) {
      String document = Files.readString(DOCUMENT);
      int measured =
          document.indexOf(OF_EVERY_MACHINE.substring(0, OF_EVERY_MACHINE.indexOf("```")));
      Files.writeString(DOCUMENT, document.substring(0, measured) + OF_EVERY_MACHINE);
    }
  }

  @Test
  void theDocumentOfTheRepositorySaysWhatTheGraphsHaveAndWhetherAGpuWasSeen() throws Exception {
    assertThat(Files.readString(DOCUMENT))
        .startsWith("# Sampling on a GPU\n\n")
        .containsPattern("\n\nVerified on .+, \\d{4}-\\d{2}-\\d{2}: driver ")
        .endsWith(OF_EVERY_MACHINE);
  }

  @Test
  void countsTheLaunchesOfEveryForm() {
    assertThat(FORMS.stream().map(MeasuredForm::model).distinct()).hasSize(8);
    assertThat(FORMS.stream().map(MeasuredForm::name))
        .doesNotHaveDuplicates()
        .contains(
            "`prepend-append`, 6 of 4 tokens, loop",
            "`prepend-append`, 6 of 4 tokens, unrolled, tables for 4, by state");
    assertThat(FORMS)
        .anySatisfy(form -> assertThat(form.tables()).isEqualTo("none"))
        .anySatisfy(form -> assertThat(form.tables()).endsWith(", by state"))
        .anySatisfy(form -> assertThat(form.tables()).endsWith(", by edge"))
        .anySatisfy(form -> assertThat(form.form()).isEqualTo("loop"))
        .anySatisfy(form -> assertThat(form.form()).isEqualTo("incremental"))
        .allSatisfy(
            form ->
                assertThat(form.size().launches())
                    .isGreaterThanOrEqualTo(form.steps())
                    .isLessThan(form.size().nodes() * (form.form().equals("loop") ? 5 : 1)));
  }

  @Test
  void saysOfAMeasurementWhatWasSeen() {
    ParityReport parity =
        new ParityReport(
            true,
            List.of(1f),
            4_096,
            0,
            List.of(new OutputParity("rollout.onnx", "log_pf", 4_096, 2.5e-6, 0)));
    ModelOnGpu model =
        new ModelOnGpu(
            "plain.v4l8",
            parity,
            new BitInvariance(Map.of(4, 0, 1_024, 7)),
            new NodePlacement(Map.of(GpuBenchmark.CUDA, 120)),
            List.of(BenchmarkEntry.of("cuda.plain.v4l8.b256", 3e6, "candidates/s", 1e6)));

    String text =
        GpuDocument.of(
            new GpuReport(
                "A GPU",
                "555.1",
                "1.26.0",
                false,
                LocalDate.of(2026, 11, 27),
                List.of(model),
                FORMS));

    assertThat(text)
        .startsWith(
            "# Sampling on a GPU\n\n"
                + "Verified on A GPU, 2026-11-27: driver 555.1, ONNX Runtime 1.26.0, TF32 off, by")
        .contains("\n| plain.v4l8 | yes, 4096 trajectories | 2.5e-06 | 4: 0, 1024: 7 | 120 | 0 |\n")
        .contains("\n| `cuda.plain.v4l8.b256` | 3,000,000 | 1,000,000 | 3.00 |\n")
        .endsWith(OF_EVERY_MACHINE);
  }
}
