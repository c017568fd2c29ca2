package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.BoundParameters;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.HostTensor;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.OptionalDouble;

/**
 * log P_F of whole trajectories as a differentiable tensor, all states of all steps in one pass
 * through the network. Reuses its memory from call to call; not thread-safe.
 */
public final class ForwardLogProbability {
  private final GFlowNet network;
  private final Environment environment;
  private final HostTensor features = new HostTensor();
  private final HostTensor maskBias = new HostTensor();
  private final HostTensor actions = new HostTensor();
  private final HostTensor taken = new HostTensor();

  /**
   * Creates the computation for networks in an environment.
   *
   * @param network the networks
   * @param environment writes the features of states
   */
  public ForwardLogProbability(GFlowNet network, Environment environment) {
    this.network = network;
    this.environment = environment;
  }

  /**
   * Computes log P_F.
   *
   * @param manager owner of intermediate tensors
   * @param parameters the bound parameters
   * @param trajectories N trajectories of up to T steps
   * @param betas [N, 1]
   * @return [N]
   */
  public NDArray compute(
      NDManager manager, BoundParameters parameters, TrajectoryBatch trajectories, NDArray betas) {
    int steps = trajectories.maximumSteps();
    int rows = trajectories.rows();
    int states = steps * rows;
    int width = environment.featureCount();
    int actionCount = network.actionCount();
    int heads = network.heads();
    environment.writeFeatures(
        trajectories.states(), features.floats(Math.multiplyExact(states, width)));
    writeActions(trajectories, actionCount);
    NDArray input = features.tensor(manager, new Shape(states, width), DataType.FLOAT32);
    NDArray bias = maskBias.tensor(manager, new Shape(steps, rows, actionCount), DataType.FLOAT32);
    NDArray index = actions.tensor(manager, new Shape(steps, rows, 1), DataType.INT64);
    NDArray weight = taken.tensor(manager, new Shape(steps, rows), DataType.FLOAT32);

    NDArray scale = network.forwardScale(parameters, betas).reshape(new Shape(1, rows, heads, 1));
    NDArray scaled =
        network
            .forwardLogits(parameters, input)
            .reshape(new Shape(steps, rows, heads, actionCount))
            .mul(scale)
            .sum(new int[] {2});
    OptionalDouble clamp = network.logitClamp();
    if (clamp.isPresent()) {
      scaled = scaled.clip(-clamp.getAsDouble(), clamp.getAsDouble());
    }
    return scaled
        .add(bias)
        .logSoftmax(2)
        .gather(index, 2)
        .reshape(new Shape(steps, rows))
        .mul(weight)
        .sum(new int[] {0});
  }

  private void writeActions(TrajectoryBatch trajectories, int actionCount) {
    int states = trajectories.maximumSteps() * trajectories.rows();
    boolean[] mask = trajectories.forwardMask();
    FloatBuffer bias = maskBias.floats(states * actionCount);
    LongBuffer index = actions.longs(states);
    FloatBuffer weight = taken.floats(states);
    for (int state = 0; state < states; state++) {
      int action = trajectories.actions()[state];
      boolean ended = action < 0;
      index.put(ended ? 0 : action);
      weight.put(ended ? 0 : 1);
      for (int i = state * actionCount; i < (state + 1) * actionCount; i++) {
        // A trajectory that has ended has no valid action; a softmax over none would be NaN.
        bias.put(mask[i] || ended ? 0 : Float.NEGATIVE_INFINITY);
      }
    }
  }
}
