package io.logitflow.exporter.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Value;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.session.BitInvariance;
import io.logitflow.sampler.session.CudaProvider;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.sampler.session.RolloutSession;
import io.logitflow.sampler.session.TileSizes;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.v1.Graph.Role;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TileInvarianceTest {
  private static final int STEPS = 3;
  private static final TileSizes LADDER = new CudaProvider(0, 1, false).tileSizes(64);

  @TempDir private Path directory;

  @Test
  void holdsForTheProductsOfMatricesOnTheCpu() {
    Bundle bundle = new BenchmarkModel(4, 8, 256).export(directory.resolve("bundle"), 0);
    assertThat(measure(bundle).differingRows()).isEqualTo(Map.of(4, 0, 32, 0));
  }

  @ParameterizedTest
  @MethodSource("kindsOfSteps")
  void holdsInEveryForm(String environment, RolloutForm form) {
    TrainedModel model =
        RandomModel.of(
            environment,
            "{type: logit-scale, form: affine, heads: 3}",
            "learned",
            "trajectory-balance",
            6);
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"), form);
    assertThat(measure(bundle).differingRows()).isEqualTo(Map.of(4, 0, 32, 0));
  }

  static Stream<Arguments> kindsOfSteps() {
    return ModelKinds.ENVIRONMENTS.stream()
        .flatMap(
            environment ->
                Stream.of(RolloutForm.values())
                    .filter(form -> form != RolloutForm.INCREMENTAL || appends(environment))
                    .map(form -> Arguments.of(environment, form)));
  }

  private static boolean appends(String environment) {
    return environment.contains("type: autoregressive");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokens", "length", "log_pf", "log_pb", "log_z"})
  void findsEveryRowOfAGraphOfWhichAnOutputReadsTheSizeOfItsTile(String output) {
    Path target = directory.resolve("bundle");
    BundleFolder.writeUnchecked(RandomModel.strings(4, STEPS, ScaleForm.POSITIVE, 41, 16), target);
    BundleFolder.replace(target, Role.ROLLOUT, readingItsSize(output).file());

    BitInvariance invariance = measure(Bundle.open(target));

    assertThat(invariance.differingRows()).isEqualTo(Map.of(4, 64, 32, 64));
  }

  private static BitInvariance measure(Bundle bundle) {
    try (RolloutSession session = RolloutSession.open(bundle, ExecutionProvider.CPU)) {
      return BitInvariance.measure(session, LADDER);
    }
  }

  /** Returns a rollout of which one output holds the number of its rows. */
  private static OnnxGraph readingItsSize(String output) {
    GraphBuilder graph = new GraphBuilder("rollout", "B");
    Value beta = graph.input(BundleFormat.BETA, ElementType.FLOAT32, Shape.BETAS);
    Value index = graph.input(BundleFormat.BETA_INDEX, ElementType.INT32, Shape.BATCH);
    Value uniform = graph.input(BundleFormat.UNIFORM, ElementType.FLOAT32, Shape.BATCH, STEPS);
    Value sum =
        graph.apply(
            Operator.REDUCE_SUM,
            Map.of("keepdims", new Attribute.Whole(0)),
            uniform,
            graph.integers("axes", 1));
    Value size = cast(graph, graph.apply(Operator.SHAPE, index), ElementType.FLOAT32);
    BiFunction<String, Value, Value> made =
        (name, value) -> name.equals(output) ? graph.apply(Operator.ADD, value, size) : value;
    Value tokens = made.apply(BundleFormat.TOKENS, uniform);
    Value length = made.apply(BundleFormat.LENGTH, sum);
    Value product = graph.apply(Operator.MUL, sum, sum);
    Value logZ = graph.apply(Operator.GATHER, beta, index);
    graph.output(BundleFormat.TOKENS, cast(graph, tokens, ElementType.UINT8));
    graph.output(BundleFormat.LENGTH, cast(graph, length, ElementType.INT32));
    graph.output(
        BundleFormat.LOG_PF, made.apply(BundleFormat.LOG_PF, graph.apply(Operator.EXP, sum)));
    graph.output(BundleFormat.LOG_PB, made.apply(BundleFormat.LOG_PB, product));
    graph.output(BundleFormat.LOG_Z, made.apply(BundleFormat.LOG_Z, logZ));
    return graph.build("test", new TreeMap<>());
  }

  private static Value cast(GraphBuilder graph, Value value, ElementType type) {
    return graph.apply(Operator.CAST, Map.of("to", new Attribute.Whole(type.code())), value);
  }
}
