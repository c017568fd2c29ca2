package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.policy.BoundParameters;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.HostTensor;
import io.logitflow.trainer.trajectory.TrajectoryBatch;

/**
 * Trajectory balance (Malkin et al. 2022, equation 14), conditional on β: the mean of (log Z(β) +
 * log P_F(τ; β) − β log R(x) − log P_B(τ))².
 */
public final class TrajectoryBalance implements Objective {
  private final GFlowNet network;
  private final ForwardLogProbability forward;
  private final HostTensor betaColumn = new HostTensor();
  private final HostTensor target = new HostTensor();

  /**
   * Creates the loss of networks.
   *
   * @param network the networks
   * @param forward log P_F of trajectories under them
   */
  public TrajectoryBalance(GFlowNet network, ForwardLogProbability forward) {
    this.network = network;
    this.forward = forward;
  }

  @Override
  public NDArray loss(
      NDManager manager,
      BoundParameters parameters,
      TrajectoryBatch trajectories,
      float[] betas,
      double[] logRewards) {
    int rows = trajectories.rows();
    betaColumn.floats(rows).put(betas);
    NDArray beta = betaColumn.tensor(manager, new Shape(rows, 1), DataType.FLOAT32);
    var targets = target.floats(rows);
    for (int row = 0; row < rows; row++) {
      targets.put(
          (float) (betas[row] * logRewards[row] + (double) trajectories.logBackward()[row]));
    }
    NDArray backwardSide = target.tensor(manager, new Shape(rows), DataType.FLOAT32);
    NDArray logPartition = network.logPartition(parameters, beta).reshape(rows);
    NDArray logForward = forward.compute(manager, parameters, trajectories, beta);
    return logPartition.add(logForward).sub(backwardSide).square().mean();
  }
}
