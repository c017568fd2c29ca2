package io.logitflow.exporter.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.trajectory.ActionDistribution;
import io.logitflow.v1.Divergence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against sums over all trajectories, one by one. */
class PolicyDivergenceTest {
  private static final float[] BETAS = {1, 3};

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{type: prepend-append, tokens: [A, C, G], length: 3}",
        "{type: autoregressive, tokens: [A, C], minimum_length: 1, length: 4}",
        "{type: hypergrid, dimensions: 2, side: 4}"
      })
  void isHalfTheSumOfAbsoluteDifferences(String environment) {
    TrainedModel model = model(environment, 6, 0);
    TrainedModel other = model(environment, 6, 0.15f);
    try (TrainedPolicy first = RandomModel.trained(model);
        TrainedPolicy second = RandomModel.trained(other)) {
      List<Divergence> exact = PolicyDivergence.measure(model.environment(), first, second, BETAS);
      List<Divergence> estimates =
          PolicyDivergence.estimates(model.environment(), first, second, BETAS);
      for (int b = 0; b < BETAS.length; b++) {
        Variation truth = new Variation(model.environment(), first, second, BETAS[b]);
        assertThat(exact.get(b).getBeta()).isEqualTo(BETAS[b]);
        assertThat(exact.get(b).getKind()).isEqualTo("exact");
        assertThat(exact.get(b).getTotalVariation()).isCloseTo(truth.ofObjects(), within(1e-6));
        assertThat(exact.get(b).getStandardError()).isZero();
        Divergence estimate = estimates.get(b);
        assertThat(estimate.getKind()).isEqualTo("estimate");
        assertThat(estimate.getTrajectories()).isEqualTo(PolicyDivergence.TRAJECTORIES);
        assertThat(estimate.getTotalVariation())
            .isCloseTo(truth.ofTrajectories(), within(3.5 * estimate.getStandardError()));
        assertThat(estimate.getStandardError()).isBetween(1e-5, 0.01);
        assertThat(truth.ofTrajectories()).isGreaterThan(truth.ofObjects() - 1e-9);
        assertThat(truth.ofObjects()).isGreaterThan(0.005);
      }
    }
  }

  /** Returns a model; a part of each parameter of another one is mixed in. */
  private static TrainedModel model(String environment, long seed, float part) {
    String conditioning = "{type: logit-scale, form: positive}";
    TrainedModel model =
        RandomModel.of(environment, conditioning, "uniform", "trajectory-balance", seed);
    float[] parameters = model.parameters();
    float[] others =
        RandomModel.of(environment, conditioning, "uniform", "trajectory-balance", seed + 6)
            .parameters();
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] += part * (others[i] - parameters[i]);
    }
    return new TrainedModel(model.config(), model.configYaml(), parameters, model.origin());
  }

  /** The total variation of two policies, by walking down every trajectory. */
  private static final class Variation {
    private final Environment environment;
    private final List<StatePolicy> policies;
    private final float[] beta;
    private final Map<Long, double[]> objects = new HashMap<>();
    private final List<double[]> trajectories = new ArrayList<>();

    Variation(Environment environment, StatePolicy first, StatePolicy second, float beta) {
      this.environment = environment;
      this.policies = List.of(first, second);
      this.beta = new float[] {beta};
      walk(environment.roots(1), new double[] {1, 1});
    }

    private void walk(StateBatch state, double[] reached) {
      boolean[] mask = new boolean[environment.actionCount()];
      environment.forwardMask(state, mask);
      boolean open = false;
      for (int action = 0; action < mask.length; action++) {
        if (mask[action]) {
          open = true;
          double[] next = new double[2];
          for (int policy = 0; policy < 2; policy++) {
            StatePolicy of = policies.get(policy);
            ActionDistribution distribution = new ActionDistribution(of, mask.length);
            distribution.set(of.forwardLogits(state, beta), of.forwardScale(beta), mask, 0, 0);
            next[policy] = reached[policy] * distribution.probability(action);
          }
          StateBatch child = state.copy();
          environment.step(child, new int[] {action}, new int[1]);
          walk(child, next);
        }
      }
      if (!open) {
        long[] index = new long[1];
        environment.objectIndices(environment.objects(state), index);
        double[] sum = objects.computeIfAbsent(index[0], unused -> new double[2]);
        sum[0] += reached[0];
        sum[1] += reached[1];
        trajectories.add(reached);
      }
    }

    double ofObjects() {
      return objects.values().stream().mapToDouble(p -> Math.abs(p[0] - p[1])).sum() / 2;
    }

    double ofTrajectories() {
      return trajectories.stream().mapToDouble(p -> Math.abs(p[0] - p[1])).sum() / 2;
    }
  }
}
