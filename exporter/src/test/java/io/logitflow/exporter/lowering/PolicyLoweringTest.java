package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.trainer.config.PolicyConfig.ScaleForm;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyLoweringTest {
  private static final float[] BETAS = {0.05f, 0.5f, 1, 2, 3, 10, 50};

  static Stream<TrainedModel> models() {
    return Stream.of(
        RandomModel.strings(2, 6, ScaleForm.PAPER, 1, 16),
        RandomModel.strings(4, 3, ScaleForm.POSITIVE, 2, 32, 16),
        RandomModel.strings(5, 3, ScaleForm.PAPER, 3, 8, 8, 8),
        RandomModel.strings(7, 2, ScaleForm.POSITIVE, 4, 64));
  }

  @ParameterizedTest
  @MethodSource("models")
  void computesTheTrainersLogitsOfEveryState(TrainedModel model) {
    Environment environment = model.environment();
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
        int rows = (int) environment.stateCount(steps).orElseThrow();
        StateBatch states = environment.states(steps, 0, rows);
        FloatBuffer features = FloatBuffer.allocate(rows * environment.featureCount());
        environment.writeFeatures(states, features);
        GraphRun run =
            GraphRun.of(
                RandomModel.lowering(model).policy(), rows, Map.of("features", features.array()));
        assertThat(run.floats("forward_logits"))
            .containsExactly(trained.forwardLogits(states), within(1e-4f));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void computesTheTrainersScaleAndLogPartition(TrainedModel model) {
    Map<String, float[]> inputs = Map.of("beta", BETAS);
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      assertThat(
              GraphRun.of(RandomModel.lowering(model).scale(), BETAS.length, inputs)
                  .floats("forward_scale"))
          .containsExactly(trained.forwardScale(BETAS), within(1e-4f));
      assertThat(
              GraphRun.of(RandomModel.lowering(model).logPartition(), BETAS.length, inputs)
                  .floats("log_partition"))
          .containsExactly(trained.logPartition(BETAS), within(1e-4f));
    }
  }
}
