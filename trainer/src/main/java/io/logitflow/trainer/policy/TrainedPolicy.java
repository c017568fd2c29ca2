package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.environment.DistinctStates;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.BiFunction;

/** The trainer's networks with given parameters, as plain functions. Not thread-safe. */
public final class TrainedPolicy implements StatePolicy, AutoCloseable {
  private final GFlowNet network;
  private final Environment environment;
  private final NDManager manager;
  private final BoundParameters parameters;
  private final boolean sharesStates;
  private final HostTensor features = new HostTensor();
  private final HostTensor betaColumn = new HostTensor();

  /**
   * Copies parameters into main memory.
   *
   * @param network the networks
   * @param environment whose states they read
   * @param parameters [P]
   */
  public TrainedPolicy(GFlowNet network, Environment environment, float[] parameters) {
    this.network = network;
    this.environment = environment;
    this.manager = TensorEngine.newManager();
    this.parameters = new BoundParameters(network.layout(), manager.create(parameters));
    this.sharesStates = !logitsReadBeta();
  }

  /**
   * Shares a live parameter vector: what is computed follows its updates, where the vector lives.
   *
   * @param network the networks
   * @param environment whose states they read
   * @param vector [P], without gradient; stays the caller's
   */
  public TrainedPolicy(GFlowNet network, Environment environment, NDArray vector) {
    this(network, environment, vector, true);
  }

  /**
   * Shares a live parameter vector: what is computed follows its updates.
   *
   * @param network the networks
   * @param environment whose states they read
   * @param vector [P], without gradient; stays the caller's
   * @param sharesStates whether equal states are computed once where that is possible, which
   *     changes sums in their last bits alone
   */
  public TrainedPolicy(
      GFlowNet network, Environment environment, NDArray vector, boolean sharesStates) {
    this.network = network;
    this.environment = environment;
    this.manager = vector.getManager().newSubManager();
    this.parameters = new BoundParameters(network.layout(), vector);
    this.sharesStates = sharesStates && !logitsReadBeta();
  }

  @Override
  public int heads() {
    return network.heads();
  }

  @Override
  public float[] forwardLogits(StateBatch states, float[] betas) {
    return ofStates(states, betas, network::forwardLogits);
  }

  @Override
  public float[] forwardScale(float[] betas) {
    return ofBetas(betas, network::forwardScale);
  }

  @Override
  public boolean learnsBackward() {
    return network.backward().isPresent();
  }

  @Override
  public float[] backwardLogits(StateBatch states, float[] betas) {
    return ofStates(states, betas, network::backwardLogits);
  }

  @Override
  public float[] backwardScale(float[] betas) {
    return ofBetas(betas, network::backwardScale);
  }

  @Override
  public float[] logPartition(float[] betas) {
    return ofBetas(betas, network::logPartition);
  }

  @Override
  public boolean logitsReadBeta() {
    return network.forward().encoding().isPresent();
  }

  @Override
  public OptionalDouble logitClamp() {
    return network.logitClamp();
  }

  private float[] ofStates(StateBatch states, float[] betas, StateFunction function) {
    if (!sharesStates) {
      return ofEachState(states, betas, function);
    }
    DistinctStates distinct = DistinctStates.of(states);
    float[] once =
        ofEachState(distinct.states(), Arrays.copyOf(betas, distinct.states().rows()), function);
    int width = once.length / Math.max(1, distinct.states().rows());
    float[] all = new float[states.rows() * width];
    for (int row = 0; row < states.rows(); row++) {
      System.arraycopy(once, distinct.index()[row] * width, all, row * width, width);
    }
    return all;
  }

  private float[] ofEachState(StateBatch states, float[] betas, StateFunction function) {
    int rows = states.rows();
    int width = environment.featureCount();
    environment.writeFeatures(states, features.floats(Math.multiplyExact(rows, width)));
    betaColumn.floats(rows).put(betas);
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray input = features.tensor(manager, new Shape(rows, width), DataType.FLOAT32);
      NDArray column = betaColumn.tensor(manager, new Shape(rows, 1), DataType.FLOAT32);
      return function.apply(parameters, input, column).toFloatArray();
    }
  }

  private float[] ofBetas(float[] betas, BiFunction<BoundParameters, NDArray, NDArray> function) {
    betaColumn.floats(betas.length).put(betas);
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray column = betaColumn.tensor(manager, new Shape(betas.length, 1), DataType.FLOAT32);
      return function.apply(parameters, column).toFloatArray();
    }
  }

  /** Frees the tensors. */
  @Override
  public void close() {
    manager.close();
  }

  /** A function of the features of states and β. */
  private interface StateFunction {
    NDArray apply(BoundParameters parameters, NDArray features, NDArray betas);
  }
}
