package io.logitflow.exporter.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.inspection.OperatorTimes;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.v1.Graph.Role;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class InspectCommandTest {
  private final TrainedModel model = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 41, 16);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path directory;

  @Test
  void showsWhatGraphsAreMadeOf() {
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    assertThat(run("inspect", "--bundle", bundle.directory().toString())).isZero();
    // One hidden layer of 16: 12 features, 8 logits.
    assertThat(out.toString())
        .startsWith(
            """
            policy.onnx
              4 nodes: Gemm 2, LeakyRelu 1, Reshape 1
              1,400 bytes of constants
              640 operations a row in matrix products
            """)
        .contains("scale.onnx", "log_partition.onnx", "rollout.onnx")
        .contains("  rollout unrolled, 3 of 3 steps from tables by edge: 21 states in 2.8 kB")
        .doesNotContain(" us ");
    assertThat(bundle.summary(Role.ROLLOUT).operationsPerBeta()).isPositive();
  }

  @Test
  void showsWhereTheTimeGoes() {
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    assertThat(run("inspect", "--bundle", bundle.directory().toString(), "--profile")).isZero();
    String profile = out.toString();
    assertThat(profile).contains("rollout.onnx, 256 rows: ");
    double total =
        profile
            .substring(profile.indexOf("rollout.onnx, 256 rows: "))
            .lines()
            .skip(1)
            .mapToDouble(
                line -> Double.parseDouble(line.strip().split(" +", -1)[2].replace("%", "")))
            .sum();
    assertThat(total).isBetween(99.0, 101.0);
    int gathers = bundle.summary(Role.ROLLOUT).operators().getOrDefault("Gather", 0);
    assertThat(profile).containsPattern(" " + gathers + " x Gather");
  }

  @Test
  void showsWhatALoopRepeats() {
    TrainedModel strings = RandomModel.strings(4, 20, ScaleForm.POSITIVE, 41, 16);
    Bundle bundle =
        BundleFolder.writeUnchecked(strings, directory.resolve("bundle"), RolloutForm.LOOP);
    assertThat(run("inspect", "--bundle", bundle.directory().toString(), "--profile")).isZero();
    int inside = bundle.summary(Role.ROLLOUT).repetition().orElseThrow().nodes();
    assertThat(out.toString())
        .contains("  " + inside + " of them in a loop, 19 times")
        .contains("  rollout loop, nothing tabulated: a loop reads no table");
    assertThat(out.toString()).contains(" 20 x LogSoftmax", " 1 x Loop");
    // 19 states of 80 features and 8 logits, each through 16 units, and what the steps are made
    // of.
    long layers = 19L * 2 * 16 * (80 + 8);
    assertThat(bundle.summary(Role.ROLLOUT).operationsPerRow())
        .isBetween(layers, layers + 20L * 2 * (8 * 8 * 2 + 8 * 4 + 80));
  }

  @Test
  void takesFromALoopWhatItsBodyTakes() {
    TrainedModel strings = RandomModel.strings(4, 8, ScaleForm.POSITIVE, 41, 256, 256);
    Bundle bundle =
        BundleFolder.writeUnchecked(strings, directory.resolve("bundle"), RolloutForm.LOOP);
    OperatorTimes times = OperatorTimes.of(bundle, 256);
    double loop = times.microseconds().getOrDefault("Loop", 0.0);
    double all = times.microseconds().values().stream().mapToDouble(Double::doubleValue).sum();
    // With the body counted twice it would be about a half.
    assertThat(loop).isBetween(0.0, all / 3);
  }

  @Test
  void refusesWhatIsNoBundle() {
    assertThat(run("inspect", "--bundle", directory.resolve("none").toString())).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            directory.resolve("none")
                + ": found nothing of that name, expected a bundle's directory");
  }

  private int run(String... arguments) {
    CommandLine commands = ExporterProcess.commandLine();
    commands.setOut(new PrintWriter(out, true));
    commands.setErr(new PrintWriter(err, true));
    return commands.execute(arguments);
  }
}
