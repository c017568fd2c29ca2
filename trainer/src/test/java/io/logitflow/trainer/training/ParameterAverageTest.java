package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.logitflow.trainer.policy.TensorEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterAverageTest {
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 0.99})
  void weighsTheParametersOfEveryStepAndNotWhereTheyStarted(double decay) {
    Random random = new Random(3);
    List<float[]> history = new ArrayList<>();
    try (NDManager manager = TensorEngine.newManager()) {
      ParameterAverage average = new ParameterAverage(manager, decay, new float[] {1e3f, -1e3f});
      for (int step = 1; step <= 30; step++) {
        float[] parameters = {random.nextFloat(), 10 * random.nextFloat()};
        history.add(parameters);
        average.update(manager.create(parameters), step);
        double[] expected = new double[2];
        double weights = 0;
        for (int k = 1; k <= step; k++) {
          double weight = Math.pow(decay, step - k);
          weights += weight;
          expected[0] += weight * history.get(k - 1)[0];
          expected[1] += weight * history.get(k - 1)[1];
        }
        for (int i = 0; i < 2; i++) {
          assertThat((double) average.values()[i]).isCloseTo(expected[i] / weights, within(1e-4));
        }
      }
    }
  }
}
