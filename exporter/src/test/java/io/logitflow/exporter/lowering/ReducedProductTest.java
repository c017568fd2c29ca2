package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.bundle.BundleCalibration;
import io.logitflow.exporter.bundle.BundleWriter;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.exporter.parity.PrecisionGate;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.session.BitInvariance;
import io.logitflow.sampler.session.CudaProvider;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.sampler.session.RolloutSession;
import io.logitflow.sampler.session.TileSizes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReducedProductTest {
  private static final int INPUTS = 300;
  private static final int OUTPUTS = 5;
  private static final int ROWS = 8;

  private final Random random = new Random(11);
  private final float[] weights = gaussian(INPUTS * OUTPUTS);
  private final float[] inputs = gaussian(ROWS * INPUTS);

  @TempDir private Path directory;

  /** In long integers, which nothing saturates. */
  @Test
  void sumsBytesExactly() {
    QuantisedRange range = QuantisedRange.of(-1.5f, 2);
    float[] found = run((graph, x) -> product().bytes(graph, x, range));
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < OUTPUTS; column++) {
        float largest = 0;
        for (int i = 0; i < INPUTS; i++) {
          largest = Math.max(largest, Math.abs(weights[i * OUTPUTS + column]));
        }
        float spacing = largest / 63;
        long sum = 0;
        for (int i = 0; i < INPUTS; i++) {
          double level = Math.rint(inputs[row * INPUTS + i] / range.scale()) + range.zeroPoint();
          long level8 = (long) Math.max(0, Math.min(255, level)) - range.zeroPoint();
          sum += level8 * (long) Math.rint(weights[i * OUTPUTS + column] / spacing);
        }
        assertThat(found[row * OUTPUTS + column])
            .isCloseTo(sum * spacing * range.scale(), within(1e-4f));
      }
    }
  }

  /**
   * The sums of bytes at their ends: pairs of them would not fit in 16 bits with larger weights.
   */
  @Test
  void doesNotSaturate() {
    Arrays.fill(weights, 1);
    Arrays.fill(inputs, 255);
    float[] found = run((graph, x) -> product().bytes(graph, x, new QuantisedRange(1, 0)));
    for (float sum : found) {
      assertThat(sum).isCloseTo(255f * INPUTS, within(0.5f));
    }
  }

  @Test
  void staysNearTheProductInBinary16() {
    float[] found = run((graph, x) -> product().half(graph, x));
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < OUTPUTS; column++) {
        double sum = 0;
        double size = 0;
        for (int i = 0; i < INPUTS; i++) {
          double term = (double) inputs[row * INPUTS + i] * weights[i * OUTPUTS + column];
          sum += term;
          size += Math.abs(term);
        }
        assertThat((double) found[row * OUTPUTS + column]).isCloseTo(sum, within(size * 0x1p-9));
      }
    }
  }

  @Test
  void rangesHoldZeroAndWhatTheyAreMadeFor() {
    assertThat(QuantisedRange.of(-1, 3)).isEqualTo(new QuantisedRange(4f / 255, 64));
    assertThat(QuantisedRange.of(1, 3)).isEqualTo(new QuantisedRange(3f / 255, 0));
    assertThat(QuantisedRange.of(0, 0)).isEqualTo(new QuantisedRange(1, 0));
    assertThat(QuantisedRange.of(Float.NEGATIVE_INFINITY, 1)).isEqualTo(new QuantisedRange(1, 0));
  }

  /** Without tables and with a part, in each form, P_B learned or not, β in the layers or not. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INT8|{type: prepend-append, tokens: [A, C, G], length: 6}|{type: none}|0|6",
        "INT8|{type: prepend-append, tokens: [A, C, G], length: 6}|{type: logit-scale, form: positive, heads: 2}|4096|7",
        "INT8|{type: autoregressive, tokens: [A, C, G], minimum_length: 2, length: 9}|{type: layer, encoding: {type: raw}}|0|6",
        "INT8|{type: hypergrid, dimensions: 2, side: 6}|{type: logit-scale, form: paper}|0|7",
        "INT8|{type: non-autoregressive, tokens: [A, C, G], length: 5}|{type: none}|1024|9",
        "FP16|{type: prepend-append, tokens: [A, C, G], length: 6}|{type: none}|0|6",
        "FP16|{type: autoregressive, tokens: [A, C, G], length: 9}|{type: layer, encoding: {type: raw}}|0|6"
      })
  void givesARowTheSameBitsInEveryTile(
      Precision precision, String environment, String conditioning, long budget, long seed) {
    TrainedModel model =
        RandomModel.of(environment, conditioning, "learned", "trajectory-balance", seed);
    Path target = directory.resolve("bundle");
    new BundleWriter("test", budget, Optional.empty(), new PrecisionGate(precision, 1))
        .write(model, target, staged -> "{}", BundleCalibration.NONE);
    try (RolloutSession session = RolloutSession.open(Bundle.open(target), ExecutionProvider.CPU)) {
      for (TileSizes sizes :
          List.of(
              ExecutionProvider.CPU.tileSizes(64),
              new CudaProvider(0, 1, false).tileSizes(1_024))) {
        assertThat(BitInvariance.measure(session, sizes).differingRows().values())
            .hasSizeGreaterThan(2)
            .allMatch(rows -> rows == 0);
      }
    }
  }

  private ReducedProduct product() {
    return new ReducedProduct("weights", INPUTS, OUTPUTS, () -> weights);
  }

  private float[] run(BiFunction<GraphBuilder, Value, Value> product) {
    GraphBuilder graph = new GraphBuilder("one", "B");
    Value x = graph.input("x", ElementType.FLOAT32, Shape.BATCH, INPUTS);
    graph.output("y", product.apply(graph, x));
    return GraphRun.of(graph.build("test", new TreeMap<>()), Map.of("x", inputs)).floats("y");
  }

  private float[] gaussian(int count) {
    float[] elements = new float[count];
    for (int i = 0; i < count; i++) {
      elements[i] = (float) random.nextGaussian();
    }
    return elements;
  }
}
