package io.logitflow.exporter.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.PythonEnvironment;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.lowering.DecodingLowering;
import io.logitflow.exporter.lowering.PolicyLowering;
import io.logitflow.exporter.lowering.Precision;
import io.logitflow.exporter.lowering.QuantisedRange;
import io.logitflow.exporter.lowering.Reduction;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.exporter.lowering.RolloutLowering;
import io.logitflow.exporter.lowering.ScoreLowering;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exported files as ONNX's own checker and another language's runtime see them. Skipped where there
 * is no Python, or its packages {@code onnx} and {@code onnxruntime} cannot be had in time.
 */
class OnnxCheckerTest {
  private static final int ROWS = 12;

  @TempDir private Path directory;

  /** Each environment and each form of every part once. */
  static Stream<TrainedModel> models() {
    String raw = "{type: logit-scale+layer, form: paper, encoding: {type: raw}}";
    String thermometer = "{type: layer, encoding: {type: thermometer, bins: 6, low: 0.5, high: 4}}";
    return Stream.of(
        RandomModel.strings(4, 3, ScaleForm.POSITIVE, 51, 16, 8),
        RandomModel.strings(3, 4, ScaleForm.PAPER, 51, 16, 8),
        RandomModel.strings(300, 2, ScaleForm.POSITIVE, 51, 16, 8),
        RandomModel.of(
            "{type: autoregressive, tokens: [A, C], minimum_length: 2, length: 5}",
            thermometer,
            "uniform",
            "trajectory-balance",
            52),
        RandomModel.of(
            "{type: hypergrid, dimensions: 2, side: 4}", raw, "learned", "detailed-balance", 53),
        RandomModel.of(
            "{type: non-autoregressive, tokens: [A, C, G], length: 3}",
            "{type: none}",
            "learned",
            "trajectory-balance",
            54));
  }

  /** As check.py has them: all actions are allowed, and some of them are in the nucleus. */
  private static final Map<String, Float> STARTS =
      Map.of("beta", 1f, "allowed", 1f, "top_p", 0.75f);

  @ParameterizedTest
  @MethodSource("models")
  void areValidAndComputeTheSame(TrainedModel model) throws Exception {
    compare(model, BundleFolder.writeUnchecked(model, directory.resolve("bundle")).directory());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{type: autoregressive, tokens: [A, C], minimum_length: 2, length: 5}",
        "{type: prepend-append, tokens: [A, C], length: 4}"
      })
  void areValidAndComputeTheSameInALoop(String environment) throws Exception {
    TrainedModel model =
        RandomModel.of(
            environment,
            "{type: logit-scale, form: positive}",
            "learned",
            "trajectory-balance",
            54);
    Path bundle =
        BundleFolder.writeUnchecked(model, directory.resolve("bundle"), RolloutForm.LOOP)
            .directory();
    compare(model, bundle);
  }

  /** Compares what Python makes of a bundle with the rollout without tables or a loop. */
  private void compare(TrainedModel model, Path bundle) throws Exception {
    PythonEnvironment python = python();
    Path script = directory.resolve("check.py");
    try (var resource = OnnxCheckerTest.class.getResourceAsStream("check.py")) {
      assertThat(resource).isNotNull();
      Files.copy(resource, script);
    }
    Path printed = directory.resolve("printed");
    assertThat(python.run(printed, script, bundle, ROWS)).isEmpty();
    PolicyLowering policy = RandomModel.lowering(model);
    Map<String, OnnxGraph> graphs = new HashMap<>();
    graphs.put("policy.onnx", policy.policy());
    policy.scale().ifPresent(scale -> graphs.put("scale.onnx", scale));
    graphs.put("log_partition.onnx", policy.logPartition());
    graphs.put("rollout.onnx", new RolloutLowering(policy, Optional.empty()).rollout());
    graphs.put("score.onnx", new ScoreLowering(policy).score().orElseThrow());
    graphs.put("decode.onnx", new DecodingLowering(policy).decoding().orElseThrow());
    assertThatAllAgree(printed, graphs);
  }

  /** Both precisions, in the rollout and in the decoding. */
  @ParameterizedTest
  @EnumSource(names = "FP32", mode = Mode.EXCLUDE)
  void areValidAndComputeTheSameInFewerBits(Precision precision) throws Exception {
    PythonEnvironment python = python();
    TrainedModel model = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 51, 16, 8, 8);
    List<QuantisedRange> ranges =
        List.of(new QuantisedRange(0.02f, 3), new QuantisedRange(0.03f, 5));
    PolicyLowering policy =
        RandomModel.lowering(model)
            .reduced(new Reduction(precision, 1, precision == Precision.INT8 ? ranges : List.of()));
    Map<String, OnnxGraph> graphs =
        Map.of(
            "rollout.onnx", new RolloutLowering(policy, Optional.empty()).rollout(),
            "decode.onnx", new DecodingLowering(policy).decoding().orElseThrow());
    Path bundle = Files.createDirectory(directory.resolve("graphs"));
    for (Map.Entry<String, OnnxGraph> graph : graphs.entrySet()) {
      Files.write(bundle.resolve(graph.getKey()), graph.getValue().file().toByteArray());
    }
    Path script = directory.resolve("check.py");
    try (var resource = OnnxCheckerTest.class.getResourceAsStream("check.py")) {
      assertThat(resource).isNotNull();
      Files.copy(resource, script);
    }
    Path printed = directory.resolve("printed");
    assertThat(python.run(printed, script, bundle, ROWS)).isEmpty();
    assertThatAllAgree(printed, graphs);
  }

  private static void assertThatAllAgree(Path printed, Map<String, OnnxGraph> graphs)
      throws IOException {
    List<String> lines = Files.readAllLines(printed);
    assertThat(lines)
        .hasSize(graphs.values().stream().mapToInt(graph -> graph.outputs().size()).sum());
    for (String line : lines) {
      String[] words = line.split(" ");
      double[] theirs = Arrays.stream(words).skip(3).mapToDouble(Double::parseDouble).toArray();
      double[] ours = ours(Objects.requireNonNull(graphs.get(words[0])), words[1]);
      assertThat(theirs).as(words[0] + " " + words[1]).containsExactly(ours, within(1e-4));
    }
  }

  private static double[] ours(OnnxGraph graph, String output) {
    Map<String, float[]> inputs = new HashMap<>();
    for (var input : graph.inputs()) {
      int count = 1;
      for (long size : input.type().shape().sizes()) {
        count *= size < 0 ? ROWS : Math.toIntExact(size);
      }
      float[] elements = new float[count];
      float start = STARTS.getOrDefault(input.name(), 0f);
      float factor = input.name().equals("features") ? 0.125f : 1;
      for (int i = 0; i < count; i++) {
        float value = ((i * 2003L * 7919 + 13) % 16_777_216) * 0x1p-24f;
        elements[i] = start + factor * value;
        if (input.name().equals("beta_index")) {
          elements[i] = i;
        } else if (input.name().equals("tokens")) {
          elements[i] = Math.round(elements[i]);
        } else if (input.name().equals("length")) {
          elements[i] = 2 + i % 3;
        }
      }
      inputs.put(input.name(), elements);
    }
    return GraphRun.of(graph, inputs).doubles(output);
  }

  /** Returns the environment that has the packages. */
  static PythonEnvironment python() throws Exception {
    return PythonEnvironment.with("onnx-checker", List.of("onnx", "onnxruntime"));
  }
}
