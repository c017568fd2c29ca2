package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.Mlp;
import io.logitflow.trainer.policy.ParameterGroup;
import io.logitflow.trainer.policy.ParameterLayout;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WarmStartTest {
  private static final Mlp FORWARD = new Mlp("forward", ParameterGroup.POLICY, List.of(2, 3));
  private static final Mlp PARTITION =
      new Mlp("log_partition", ParameterGroup.LOG_PARTITION, List.of(1, 2));
  private static final Mlp FLOW = new Mlp("state_flow", ParameterGroup.STATE_FLOW, List.of(2, 1));
  private static final ParameterLayout SAVED = new ParameterLayout(List.of(FORWARD, PARTITION));

  @TempDir Path folder;

  @Test
  void takesOverWhatHasTheSameNameWhereverItLies() {
    Mlp scale = new Mlp("scale", ParameterGroup.SCALE, List.of(1, 1));
    ParameterLayout more = new ParameterLayout(List.of(FORWARD, scale, PARTITION));
    float[] parameters =
        WarmStart.copied("run", more, numbers(more, 0), SAVED, numbers(SAVED, 100));
    assertThat(parameters).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14);
  }

  @Test
  void whatTheOtherObjectiveDidNotLearnStartsAnew() {
    ParameterLayout flows = new ParameterLayout(List.of(FORWARD, FLOW));
    float[] parameters =
        WarmStart.copied("run", SAVED, numbers(SAVED, 0), flows, numbers(flows, 100));
    assertThat(parameters).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 109, 110, 111);
  }

  @Test
  void reportsEveryTensorThatIsMissingOrOfAnotherShape() {
    ParameterLayout other =
        new ParameterLayout(
            List.of(
                new Mlp("forward", ParameterGroup.POLICY, List.of(2, 4)),
                new Mlp("backward", ParameterGroup.POLICY, List.of(1, 1)),
                new Mlp("log_partition", ParameterGroup.LOG_PARTITION, List.of(1, 2, 2))));
    assertThatThrownBy(
            () -> WarmStart.copied("run", SAVED, numbers(SAVED, 0), other, numbers(other, 0)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            """
            run: found forward.0.weight of shape [2, 3], expected forward.0.weight of shape [2, 4]
            run: found forward.0.bias of shape [3], expected forward.0.bias of shape [4]
            run: found no tensor backward.0.weight, expected backward.0.weight of shape [1, 1]
            run: found no tensor backward.0.bias, expected backward.0.bias of shape [1]
            run: found no tensor log_partition.1.weight, expected log_partition.1.weight of shape \
            [2, 2]
            run: found no tensor log_partition.1.bias, expected log_partition.1.bias of shape [2]\
            """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"trajectory-balance", "detailed-balance"})
  void anotherInitialConstantLeavesLogZAsItWas(String objective) throws Exception {
    String type = "training.objective={type: " + objective + "}";
    Landscape old = new Landscape(folder, 2, type, "policy.initial_log_partition=30");
    Landscape own = new Landscape(folder, 2, type, "policy.initial_log_partition=-1.5");
    GFlowNet saved = GFlowNet.of(old.config(), old.environment());
    GFlowNet network = GFlowNet.of(own.config(), own.environment());
    float[] source = saved.initialParameters(new Random(1));
    float[] fresh = network.initialParameters(new Random(2));
    float[] betas = {0.5f, 1, 4};

    float[] parameters = WarmStart.parameters("run", saved, source, network, fresh);

    try (TrainedPolicy before = new TrainedPolicy(saved, old.environment(), source);
        TrainedPolicy after = new TrainedPolicy(network, own.environment(), parameters)) {
      float[] expected = before.logPartition(betas);
      float[] found = after.logPartition(betas);
      for (int i = 0; i < betas.length; i++) {
        assertThat(expected[i]).isBetween(20f, 40f);
        assertThat(found[i]).isCloseTo(expected[i], within(1e-4f));
      }
    }
  }

  private static float[] numbers(ParameterLayout layout, int first) {
    float[] numbers = new float[layout.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = first + i;
    }
    return numbers;
  }
}
