package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.policy.HostTensor;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import java.nio.FloatBuffer;

/**
 * Where the trajectories of a batch end, and with it the logarithms of the flows through all of
 * their states: learned before the end, β log R at it. Reuses its memory; not thread-safe.
 */
final class TerminalFlow {
  private final HostTensor stepMemory = new HostTensor();
  private final HostTensor endMemory = new HostTensor();
  private final HostTensor lengthMemory = new HostTensor();
  private Shape steps = new Shape(0, 0);

  /**
   * Takes up a batch; what it gave of the one before is of no use from then on.
   *
   * @param trajectories N trajectories from the root
   */
  void load(TrajectoryBatch trajectories) {
    int slots = trajectories.maximumSteps();
    int rows = trajectories.rows();
    steps = new Shape(slots, rows);
    int[] lengths = new int[rows];
    FloatBuffer isStep = stepMemory.floats(slots * rows);
    for (int i = 0; i < slots * rows; i++) {
      boolean taken = trajectories.actions()[i] >= 0;
      isStep.put(taken ? 1 : 0);
      lengths[i % rows] += taken ? 1 : 0;
    }
    FloatBuffer isEnd = endMemory.floats((slots + 1) * rows);
    FloatBuffer length = lengthMemory.floats(rows);
    for (int slot = 0; slot <= slots; slot++) {
      for (int row = 0; row < rows; row++) {
        isEnd.put(slot >= lengths[row] ? 1 : 0);
      }
    }
    for (int row = 0; row < rows; row++) {
      length.put(lengths[row]);
    }
  }

  /** Returns 1 where there is a step, else 0: [T, N]. */
  NDArray isStep(NDManager manager) {
    return stepMemory.tensor(manager, steps, DataType.FLOAT32);
  }

  /** Returns 1 where a trajectory has ended before a slot, else 0: [T + 1, N]. */
  NDArray isEnd(NDManager manager) {
    Shape slots = new Shape(steps.get(0) + 1, steps.get(1));
    return endMemory.tensor(manager, slots, DataType.FLOAT32);
  }

  /** Returns the number of steps of each trajectory: [N]. */
  NDArray lengths(NDManager manager) {
    return lengthMemory.tensor(manager, new Shape(steps.get(1)), DataType.FLOAT32);
  }

  /**
   * Computes the logarithms of all flows: [T + 1, N], β log R from the end on.
   *
   * @param terms of the batch
   */
  NDArray flows(TrajectoryTerms.Terms terms) {
    NDArray target = terms.logTarget();
    NDManager manager = target.getManager();
    NDArray learned = terms.stateFlow().mul(isStep(manager));
    NDArray none = manager.zeros(new Shape(1, steps.get(1)));
    return NDArrays.concat(new NDList(learned, none), 0).add(isEnd(manager).mul(target));
  }
}
