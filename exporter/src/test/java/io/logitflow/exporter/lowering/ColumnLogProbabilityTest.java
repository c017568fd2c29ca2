package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Shape;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnLogProbabilityTest {
  private static final int STEPS = 200;

  /** At every step the largest total that there is: that of as many equal logits as actions. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7, 8, 9, 1_023, 1_024})
  void staysInRangeHoweverManyStepsThereAre(int actions) {
    GraphBuilder graph = new GraphBuilder("sum", "B");
    Value total = graph.input("total", ElementType.FLOAT32, 1, Shape.BATCH);
    ColumnLogProbability sum = new ColumnLogProbability(actions);
    for (int step = 0; step < STEPS; step++) {
      sum.addTotal(total);
    }
    graph.output("log_total", sum.logTotal(graph));
    GraphRun run =
        GraphRun.of(
            graph.build("test", new TreeMap<>()), Map.of("total", new float[] {actions, 1}));
    assertThat(run.floats("log_total"))
        .containsExactly(new float[] {(float) (STEPS * Math.log(actions)), 0}, within(1e-3f));
  }
}
