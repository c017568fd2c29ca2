package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyLoweringTest {
  private static final float[] BETAS = {0.05f, 0.5f, 1, 2, 3, 10, 50};

  static Stream<Arguments> models() {
    return Stream.concat(
        Stream.of(
                RandomModel.strings(2, 6, ScaleForm.PAPER, 1, 16),
                RandomModel.strings(4, 3, ScaleForm.POSITIVE, 2, 32, 16),
                RandomModel.strings(5, 3, ScaleForm.PAPER, 3, 8, 8, 8),
                RandomModel.strings(7, 2, ScaleForm.POSITIVE, 4, 64))
            .map(Arguments::of),
        ModelKinds.models());
  }

  @ParameterizedTest
  @MethodSource("models")
  void computesTheTrainersLogitsOfEveryState(TrainedModel model) {
    Environment environment = model.environment();
    OnnxGraph graph = RandomModel.lowering(model).policy();
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
        int rows = (int) environment.stateCount(steps).orElseThrow();
        StateBatch states = environment.states(steps, 0, rows);
        FloatBuffer features = FloatBuffer.allocate(rows * environment.featureCount());
        environment.writeFeatures(states, features);
        float[] betas = new float[rows];
        for (int row = 0; row < rows; row++) {
          betas[row] = BETAS[row % BETAS.length];
        }
        GraphRun run = GraphRun.of(graph, Map.of("features", features.array(), "beta", betas));
        assertClose(run.floats("forward_logits"), trained.forwardLogits(states, betas));
        if (trained.learnsBackward()) {
          assertClose(run.floats("backward_logits"), trained.backwardLogits(states, betas));
        }
      }
    }
  }

  private static void assertClose(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(1e-4f + 1e-6f * Math.abs(expected[i])));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void computesTheTrainersScaleAndLogPartition(TrainedModel model) {
    Map<String, float[]> inputs = Map.of("beta", BETAS);
    PolicyLowering lowering = RandomModel.lowering(model);
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      lowering
          .scale()
          .ifPresent(
              scale -> {
                GraphRun run = GraphRun.of(scale, inputs);
                assertThat(run.floats("forward_scale"))
                    .containsExactly(trained.forwardScale(BETAS), within(1e-4f));
                if (trained.learnsBackward()) {
                  assertThat(run.floats("backward_scale"))
                      .containsExactly(trained.backwardScale(BETAS), within(1e-4f));
                }
              });
      assertThat(lowering.scale().isPresent())
          .isEqualTo(model.network().forward().scale().isPresent());
      assertThat(GraphRun.of(lowering.logPartition(), inputs).floats("log_partition"))
          .containsExactly(trained.logPartition(BETAS), within(1e-4f));
    }
  }
}
