package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.environment.DistinctStates;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.BoundParameters;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.HostTensor;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * The terms that losses are made of, as differentiable tensors, all states of all steps in one pass
 * through a network. Where unscaled logits do not depend on β, those of equal states are computed
 * once and gathered; gradients add up through the gather. Reuses its memory from batch to batch;
 * not thread-safe.
 */
public final class TrajectoryTerms {
  private final GFlowNet network;
  private final Environment environment;
  private final NDManager manager;
  private final boolean sharesStates;
  private final StepLogProbability forwardSteps = new StepLogProbability();
  private final StepLogProbability backwardSteps = new StepLogProbability();
  private final HostTensor features = new HostTensor();
  private final DistinctInputs forwardInputs = new DistinctInputs();
  private final DistinctInputs backwardInputs = new DistinctInputs();
  private final HostTensor betasOfRows = new HostTensor();
  private final HostTensor betasOfStates = new HostTensor();
  private final HostTensor uniformBackward = new HostTensor();
  private final HostTensor targets = new HostTensor();

  /**
   * Creates the computation for networks in an environment.
   *
   * @param network the networks
   * @param environment writes the features of states
   * @param manager owner of what is computed
   */
  public TrajectoryTerms(GFlowNet network, Environment environment, NDManager manager) {
    this(network, environment, manager, true);
  }

  /**
   * Creates the computation for networks in an environment.
   *
   * @param network the networks
   * @param environment writes the features of states
   * @param manager owner of what is computed
   * @param sharesStates whether equal states are computed once where that is possible, which
   *     changes sums in their last bits alone
   */
  public TrajectoryTerms(
      GFlowNet network, Environment environment, NDManager manager, boolean sharesStates) {
    this.network = network;
    this.environment = environment;
    this.manager = manager;
    this.sharesStates = sharesStates && network.forward().encoding().isEmpty();
  }

  /** Returns T, the most steps of a trajectory. */
  int maximumSteps() {
    return environment.maximumSteps();
  }

  /**
   * Takes up a batch; the terms of the one before are of no use from then on.
   *
   * @param parameters the bound parameters
   * @param batch N trajectories of up to T steps
   */
  public Terms load(BoundParameters parameters, TrainingBatch batch) {
    int rows = batch.rows();
    int steps = batch.trajectories().maximumSteps();
    if (!sharesStates || network.stateFlow().isPresent()) {
      StateBatch states = batch.trajectories().states();
      environment.writeFeatures(
          states, features.floats(Math.multiplyExact(states.rows(), environment.featureCount())));
      FloatBuffer ofStates = betasOfStates.floats(steps * rows);
      for (int step = 0; step < steps; step++) {
        ofStates.put(batch.betas());
      }
    }
    betasOfRows.floats(rows).put(batch.betas());
    FloatBuffer targetOfRows = targets.floats(rows);
    for (int row = 0; row < rows; row++) {
      targetOfRows.put((float) batch.logTarget(row));
    }
    return new Terms(parameters, batch);
  }

  /** The terms of one batch of N trajectories; each call computes anew. */
  public final class Terms {
    private final BoundParameters parameters;
    private final TrajectoryBatch trajectories;
    private final int rows;
    private final int steps;

    private Terms(BoundParameters parameters, TrainingBatch batch) {
      this.parameters = parameters;
      this.trajectories = batch.trajectories();
      this.rows = batch.rows();
      this.steps = trajectories.maximumSteps();
    }

    /** Computes log P_F of each step: [T, N], 0 where there is no step. */
    public NDArray forward() {
      return forwardSteps.compute(
          manager,
          logits(network::forwardLogits, forwardInputs, 0),
          network.forwardScale(parameters, betasOfRows()),
          network.logitClamp(),
          new StepLogProbability.Steps(rows, trajectories.actions(), trajectories.forwardMask()));
    }

    /** Computes log P_B of each step: [T, N], 0 where there is no step. */
    public NDArray backward() {
      if (network.backward().isEmpty()) {
        uniformBackward.floats(steps * rows).put(trajectories.uniformLogBackward());
        return uniformBackward.tensor(manager, new Shape(steps, rows), DataType.FLOAT32);
      }
      return backwardSteps.compute(
          manager,
          logits(network::backwardLogits, backwardInputs, 1),
          network.backwardScale(parameters, betasOfRows()),
          network.logitClamp(),
          new StepLogProbability.Steps(
              rows, trajectories.backwardActions(), trajectories.backwardMask()));
    }

    /** Computes log F of the state before each step: [T, N], meaningless where there is none. */
    public NDArray stateFlow() {
      return network
          .stateFlow(parameters, statesFrom(0), betasOfStates())
          .reshape(new Shape(steps, rows));
    }

    /** Computes log Z(β): [N]. */
    public NDArray logPartition() {
      return network.logPartition(parameters, betasOfRows()).reshape(rows);
    }

    /** Returns β log R of the objects, the logarithm of the flow that ends in each: [N]. */
    public NDArray logTarget() {
      return targets.tensor(manager, new Shape(rows), DataType.FLOAT32);
    }

    /** Computes the unscaled logits of the states of T slots from a slot on: [K·A, T·N]. */
    private NDArray logits(LogitsFunction function, DistinctInputs inputs, int slot) {
      int states = steps * rows;
      if (!sharesStates) {
        return function
            .apply(parameters, statesFrom(slot), betasOfStates())
            .reshape(states, -1)
            .transpose();
      }
      DistinctStates distinct = DistinctStates.of(trajectories.states(), slot * rows, states);
      int count = distinct.states().rows();
      int width = environment.featureCount();
      environment.writeFeatures(
          distinct.states(), inputs.features.floats(Math.multiplyExact(count, width)));
      LongBuffer index = inputs.index.longs(states);
      for (int place : distinct.index()) {
        index.put(place);
      }
      NDArray ofDistinct =
          function
              .apply(
                  parameters,
                  inputs.features.tensor(manager, new Shape(count, width), DataType.FLOAT32),
                  betasOfRows())
              .reshape(count, -1)
              .transpose();
      return ofDistinct.gather(
          inputs
              .index
              .tensor(manager, new Shape(1, states), DataType.INT64)
              .broadcast(ofDistinct.getShape().get(0), states),
          1);
    }

    /** Returns the features of the states of T slots from a slot on: [T·N, F]. */
    private NDArray statesFrom(int slot) {
      int width = environment.featureCount();
      NDArray all =
          features.tensor(manager, new Shape((steps + 1L) * rows, width), DataType.FLOAT32);
      long first = (long) slot * rows;
      return all.get(new NDIndex().addSliceDim(first, first + (long) steps * rows));
    }

    private NDArray betasOfRows() {
      return betasOfRows.tensor(manager, new Shape(rows, 1), DataType.FLOAT32);
    }

    private NDArray betasOfStates() {
      return betasOfStates.tensor(manager, new Shape((long) steps * rows, 1), DataType.FLOAT32);
    }
  }

  /** Unscaled logits of states, which read β only where it enters by the layers. */
  private interface LogitsFunction {
    NDArray apply(BoundParameters parameters, NDArray features, NDArray betas);
  }

  /** The features of distinct states, and where each state of a batch is among them. */
  private static final class DistinctInputs {
    private final HostTensor features = new HostTensor();
    private final HostTensor index = new HostTensor();
  }
}
