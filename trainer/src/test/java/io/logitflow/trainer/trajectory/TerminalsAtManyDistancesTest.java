package io.logitflow.trainer.trajectory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rollouts where the trajectories of a batch end at different steps. */
class TerminalsAtManyDistancesTest {
  private static final int ROWS = 300;

  static Stream<Environment> environments() {
    return Stream.of(
        new Autoregressive(List.of("A", "C"), "", 1, 5), new Hypergrid(2, 4), new Hypergrid(3, 2));
  }

  @ParameterizedTest
  @MethodSource("environments")
  void forwardTrajectoriesReplayAndRestWhenTheyHaveEnded(Environment environment) {
    try (TrainedPolicy policy = policy(environment)) {
      TrajectoryBatch batch =
          new Rollout(environment)
              .sample(policy, betas(), uniforms(environment), Exploration.NONE)
              .trajectories();
      replay(environment, batch);
    }
  }

  @ParameterizedTest
  @MethodSource("environments")
  void backwardTrajectoriesReplayToTheirObjects(Environment environment) {
    int count = Math.toIntExact(environment.objectCount().orElseThrow());
    StateBatch terminals = environment.roots(ROWS);
    for (int row = 0; row < ROWS; row++) {
      terminals.put(environment.terminals(environment.objects(row % count, 1)), row);
    }
    ObjectBatch objects = environment.objects(terminals);
    try (TrainedPolicy policy = policy(environment)) {
      TrajectoryBatch batch =
          new Rollout(environment).backward(objects, policy, betas(), uniforms(environment));
      assertThat(batch.objects().tokens()).isEqualTo(objects.tokens());
      assertThat(batch.objects().lengths()).isEqualTo(objects.lengths());
      replay(environment, batch);
    }
  }

  private static void replay(Environment environment, TrajectoryBatch batch) {
    StateBatch states = environment.roots(ROWS);
    int actionCount = environment.actionCount();
    int backwardCount = environment.backwardActionCount();
    double[] logBackward = new double[ROWS];
    int rested = 0;
    for (int step = 0; step < environment.maximumSteps(); step++) {
      int from = step * ROWS;
      int to = from + ROWS;
      assertThat(Arrays.copyOfRange(batch.states().steps(), from, to)).isEqualTo(states.steps());
      int width = states.width();
      assertThat(Arrays.copyOfRange(batch.states().cells(), from * width, to * width))
          .isEqualTo(states.cells());
      boolean[] mask = new boolean[ROWS * actionCount];
      environment.forwardMask(states, mask);
      assertThat(Arrays.copyOfRange(batch.forwardMask(), from * actionCount, to * actionCount))
          .isEqualTo(mask);
      int[] actions = Arrays.copyOfRange(batch.actions(), from, to);
      int[] twins = new int[ROWS];
      environment.step(states, actions, twins);
      assertThat(Arrays.copyOfRange(batch.backwardActions(), from, to)).isEqualTo(twins);
      boolean[] parents = new boolean[ROWS * backwardCount];
      environment.backwardMask(states, parents);
      for (int row = 0; row < ROWS; row++) {
        boolean ended = !contains(mask, row, actionCount);
        assertThat(actions[row] < 0).isEqualTo(ended);
        rested += ended ? 1 : 0;
        if (!ended) {
          logBackward[row] -= Math.log(count(parents, row, backwardCount));
        }
      }
    }
    assertThat(rested).isPositive();
    assertThat(environment.objects(states).tokens()).isEqualTo(batch.objects().tokens());
    float[] uniform = batch.uniformLogBackward();
    for (int row = 0; row < ROWS; row++) {
      double sum = 0;
      for (int step = 0; step < environment.maximumSteps(); step++) {
        sum += uniform[step * ROWS + row];
      }
      assertThat(sum).isCloseTo(logBackward[row], within(1e-5));
    }
  }

  private static boolean contains(boolean[] mask, int row, int width) {
    return count(mask, row, width) > 0;
  }

  private static int count(boolean[] mask, int row, int width) {
    int count = 0;
    for (int i = row * width; i < (row + 1) * width; i++) {
      count += mask[i] ? 1 : 0;
    }
    return count;
  }

  private static float[] betas() {
    float[] betas = new float[ROWS];
    Arrays.fill(betas, 1.5f);
    return betas;
  }

  private static float[] uniforms(Environment environment) {
    Random random = new Random(17);
    float[] uniforms = new float[ROWS * environment.maximumSteps()];
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = random.nextFloat();
    }
    return uniforms;
  }

  private static TrainedPolicy policy(Environment environment) {
    TrainerConfig config =
        ConfigLoader.parse(
            "test",
            """
                environment: {type: hypergrid, dimensions: 1, side: 2}
                reward: {type: table, file: f.csv, object_column: o, score_column: s}
                policy: {hidden_widths: [16]}
                """,
            List.of());
    GFlowNet network = GFlowNet.of(config, environment);
    return new TrainedPolicy(network, environment, network.initialParameters(new Random(5)));
  }
}
