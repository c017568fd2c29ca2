package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ScaledLogitsTest {
  private static final float[] LOGITS = {1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6};

  @Test
  void addsTheHeadsUp() {
    assertThat(ofStates(2, new float[] {1, 10, 2, 0.5f}, OptionalDouble.empty()))
        .containsExactly(new float[] {41, 52, 63, -4, -6.5f, -9}, within(1e-5f));
  }

  @Test
  void multipliesOneHead() {
    assertThat(ofStates(1, new float[] {2, -3}, OptionalDouble.empty()))
        .containsExactly(new float[] {2, 4, 6, 8, 10, 12, 3, 6, 9, 12, 15, 18}, within(1e-5f));
  }

  @Test
  void clampsAfterScaling() {
    assertThat(ofStates(1, new float[] {4, 4}, OptionalDouble.of(20)))
        .containsExactly(
            new float[] {4, 8, 12, 16, 20, 20, -4, -8, -12, -16, -20, -20}, within(1e-5f));
  }

  @Test
  void givesTheRootItsValidActionsAlone() {
    GraphBuilder graph = new GraphBuilder("root", "B");
    Value scale = graph.input("scale", ElementType.FLOAT32, Shape.BATCH, 2);
    Value logits = graph.constant("logits", Shape.of(1, 6), 1, 2, 3, 4, 5, 6);
    ScaledLogits scaled = new ScaledLogits(scale, 2, 3, OptionalDouble.empty());
    graph.output("y", scaled.ofOneState(graph, logits, new ActionRange(1, 2)));
    GraphRun run =
        GraphRun.of(
            graph.build("test", new TreeMap<>()), Map.of("scale", new float[] {1, 10, 0, 1}));
    assertThat(run.floats("y")).containsExactly(52, 63, 5, 6);
  }

  @Test
  void leavesLogitsWithoutAScaleAsTheyAre() {
    assertThat(withoutScale(1)).containsExactly(LOGITS);
    assertThat(withoutScale(2)).containsExactly(5, 7, 9, -5, -7, -9);
  }

  private static float[] withoutScale(int heads) {
    GraphBuilder graph = new GraphBuilder("states", "B");
    Value logits = graph.input("logits", ElementType.FLOAT32, Shape.BATCH, 6);
    ScaledLogits scaled = new ScaledLogits(null, heads, 6 / heads, OptionalDouble.empty());
    Value sum = scaled.ofStates(graph, logits);
    graph.output("y", graph.apply(Operator.ADD, sum, graph.constant("0", Shape.of(), 0)));
    return GraphRun.of(graph.build("test", new TreeMap<>()), Map.of("logits", LOGITS)).floats("y");
  }

  private static float[] ofStates(int heads, float[] scales, OptionalDouble clamp) {
    GraphBuilder graph = new GraphBuilder("states", "B");
    Value logits = graph.input("logits", ElementType.FLOAT32, Shape.BATCH, 6);
    Value scale = graph.input("scale", ElementType.FLOAT32, Shape.BATCH, heads);
    ScaledLogits scaled = new ScaledLogits(scale, heads, 6 / heads, clamp);
    graph.output("y", scaled.ofStates(graph, logits));
    return GraphRun.of(
            graph.build("test", new TreeMap<>()), Map.of("logits", LOGITS, "scale", scales))
        .floats("y");
  }
}
