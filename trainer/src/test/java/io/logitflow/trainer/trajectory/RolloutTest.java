package io.logitflow.trainer.trajectory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RolloutTest {
  private static final int ROWS = 500;
  private static final int LENGTH = 4;
  private static final int ACTIONS = 8;

  @TempDir Path folder;
  private Environment environment;
  private TrainedPolicy policy;
  private Rollout rollout;
  private final Random random = new Random(11);

  @BeforeEach
  void open() throws Exception {
    Landscape landscape = new Landscape(folder, LENGTH);
    environment = landscape.environment();
    GFlowNet network = GFlowNet.of(landscape.config(), environment);
    float[] parameters = network.initialParameters(new Random(5));
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] *= 4; // Far enough from uniform for the choices to matter.
    }
    policy = new TrainedPolicy(network, environment, parameters);
    rollout = new Rollout(environment);
  }

  @AfterEach
  void close() {
    policy.close();
  }

  @Test
  void forwardTrajectoriesReplayToTheirObjectsWithTheirProbability() {
    float[] betas = new float[ROWS];
    Arrays.fill(betas, 1.5f);
    SampledTrajectories sampled =
        rollout.sample(policy, betas, uniforms(ROWS * LENGTH), Exploration.NONE);
    TrajectoryBatch batch = sampled.trajectories();
    double[] logForward = replay(batch, betas[0]);
    double[] logBackward = TrajectoryLogProbability.backward(policy, betas, batch);
    double[] logForwardAgain = TrajectoryLogProbability.forward(policy, betas, batch);
    for (int row = 0; row < ROWS; row++) {
      assertThat(logForwardAgain[row]).isCloseTo(logForward[row], within(1e-5));
      assertThat((double) sampled.logForward()[row]).isCloseTo(logForward[row], within(1e-5));
      // Uniform P_B: one parent edge for the first token, two for each later one.
      assertThat(logBackward[row]).isCloseTo(-(LENGTH - 1) * Math.log(2), within(1e-6));
    }
    assertThat(Arrays.stream(batch.objects().tokens()).distinct().count()).isEqualTo(4);
  }

  @Test
  void backwardTrajectoriesStartAtTheRootAndEndInTheirObjects() {
    ObjectBatch objects = environment.objects(environment.states(LENGTH, 0, 256));
    TrajectoryBatch batch =
        rollout.backward(objects, policy, new float[256], uniforms(256 * LENGTH));
    double[] logBackward = TrajectoryLogProbability.backward(policy, new float[256], batch);
    replay(batch, 1);
    assertThat(batch.objects().tokens()).isEqualTo(objects.tokens());
    for (int row = 0; row < 256; row++) {
      assertThat(logBackward[row]).isCloseTo(-(LENGTH - 1) * Math.log(2), within(1e-6));
    }
    // Both ways of removing a token are taken, about as often as one another.
    long prepends =
        Arrays.stream(batch.actions(), 256, 4 * 256).filter(action -> action >= 4).count();
    assertThat(prepends).isBetween(300L, 468L);
  }

  @Test
  void fullExplorationIsUniformOverValidActions() {
    float[] betas = new float[20_000];
    Arrays.fill(betas, 3f);
    Exploration always = new Exploration(1, uniforms(betas.length * LENGTH));
    TrajectoryBatch batch =
        rollout.sample(policy, betas, uniforms(betas.length * LENGTH), always).trajectories();
    long[] counts = new long[ACTIONS];
    for (int i = betas.length; i < 4 * betas.length; i++) {
      counts[batch.actions()[i]]++;
    }
    double expected = 3.0 * betas.length / ACTIONS;
    double chiSquare =
        Arrays.stream(counts).mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
    assertThat(chiSquare).isLessThan(24.3); // 0.001 quantile at 7 degrees of freedom.
  }

  /** Walks the recorded actions with the environment and adds up log P_F of each. */
  private double[] replay(TrajectoryBatch batch, float beta) {
    int rows = batch.rows();
    double[] logForward = new double[rows];
    float[] scale = policy.forwardScale(new float[] {beta});
    ActionDistribution distribution = new ActionDistribution(policy, ACTIONS);
    StateBatch states = environment.roots(rows);
    boolean[] mask = new boolean[rows * ACTIONS];
    int[] twins = new int[rows];
    for (int step = 0; step < LENGTH; step++) {
      int width = states.width();
      assertThat(states.cells())
          .isEqualTo(
              Arrays.copyOfRange(
                  batch.states().cells(), step * rows * width, (step + 1) * rows * width));
      environment.forwardMask(states, mask);
      assertThat(mask)
          .isEqualTo(
              Arrays.copyOfRange(
                  batch.forwardMask(), step * rows * ACTIONS, (step + 1) * rows * ACTIONS));
      float[] betas = new float[rows];
      Arrays.fill(betas, beta);
      float[] logits = policy.forwardLogits(states, betas);
      int[] actions = Arrays.copyOfRange(batch.actions(), step * rows, (step + 1) * rows);
      for (int row = 0; row < rows; row++) {
        assertThat(mask[row * ACTIONS + actions[row]]).isTrue();
        distribution.set(logits, scale, mask, row, 0);
        logForward[row] += distribution.logProbability(actions[row]);
      }
      environment.step(states, actions, twins);
      assertThat(twins)
          .isEqualTo(Arrays.copyOfRange(batch.backwardActions(), step * rows, (step + 1) * rows));
    }
    assertThat(environment.objects(states).tokens()).isEqualTo(batch.objects().tokens());
    return logForward;
  }

  private float[] uniforms(int size) {
    float[] uniforms = new float[size];
    for (int i = 0; i < size; i++) {
      uniforms[i] = random.nextFloat();
    }
    return uniforms;
  }
}
