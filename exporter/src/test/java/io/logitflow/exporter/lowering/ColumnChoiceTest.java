package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ColumnChoiceTest {
  /** 1 − 2^−24, the largest uniform that there is. */
  private static final float LAST = 0x1.fffffep-1f;

  @Test
  void neverTakesAnActionWhoseExponentialVanishes() {
    // Columns of three actions: the first, the middle, the last one vanishes, and all but one.
    float[] exponentials = {
      0, 0, 1, 1, 1, 1, 0, 0,
      1, 1, 0, 0, 1, 1, 0, 0,
      1, 1, 1, 1, 0, 0, 1, 1
    };
    float[] uniforms = {0, LAST, 0, LAST, 0, LAST, 0, LAST};
    assertThat(positions(exponentials, uniforms)).containsExactly(1, 2, 0, 2, 0, 1, 2, 2);
  }

  @Test
  void leavesABoundaryToTheActionBehindIt() {
    float[] exponentials = {
      1, 1, 1,
      1, 1, 1,
      2, 2, 2
    };
    float[] uniforms = {Math.nextDown(0.25f), 0.25f, 0.5f};
    assertThat(positions(exponentials, uniforms)).containsExactly(0, 1, 2);
  }

  private static float[] positions(float[] exponentials, float[] uniforms) {
    GraphBuilder graph = new GraphBuilder("choice", "B");
    Value columns = graph.input("exponentials", ElementType.FLOAT32, 3, Shape.BATCH);
    Value uniform = graph.input("uniform", ElementType.FLOAT32, 1, Shape.BATCH);
    Value sums = graph.apply(Operator.MATMUL, ColumnChoice.triangle(graph, 3, 3), columns);
    ColumnChoice choice = ColumnChoice.choose(graph, sums, uniform);
    graph.output("position", choice.position(graph));
    return GraphRun.of(
            graph.build("test", new TreeMap<>()),
            Map.of("exponentials", exponentials, "uniform", uniforms))
        .floats("position");
  }
}
