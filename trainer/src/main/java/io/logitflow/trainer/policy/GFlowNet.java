package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.config.PolicyConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.config.TrainingConfig;
import io.logitflow.trainer.environment.Environment;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The networks of a temperature-conditional GFlowNet over one flat parameter vector: the forward
 * policy, the backward policy where it is learned, and log Z(β), or the state flow where the
 * objective learns one. Holds no parameters itself.
 */
public final class GFlowNet {
  private final ActionNetwork forward;
  private final @Nullable ActionNetwork backward;
  private final @Nullable LogPartition logPartition;
  private final @Nullable StateFlow stateFlow;
  private final ParameterLayout layout;

  /**
   * Declares the networks.
   *
   * @param config widths and conditioning
   * @param training says whether states have flows, and over which range β is trained
   * @param environment gives the widths of features and actions
   * @throws InvalidInputException if it has too many states for a table
   */
  public GFlowNet(PolicyConfig config, TrainingConfig training, Environment environment) {
    this.forward =
        new ActionNetwork(
            ActionNetwork.Direction.FORWARD,
            config,
            training,
            environment,
            environment.actionCount());
    this.backward =
        config.backward() == PolicyConfig.Backward.LEARNED
            ? new ActionNetwork(
                ActionNetwork.Direction.BACKWARD,
                config,
                training,
                environment,
                environment.backwardActionCount())
            : null;
    if (training.objective().learnsStateFlow()) {
      float[] root = new float[environment.featureCount()];
      environment.writeFeatures(environment.roots(1), FloatBuffer.wrap(root));
      this.stateFlow = new StateFlow(config.hiddenWidths(), config.initialLogPartition(), root);
      this.logPartition = null;
    } else {
      this.stateFlow = null;
      this.logPartition = new LogPartition(config.initialLogPartition());
    }
    this.layout = new ParameterLayout(networks());
  }

  /**
   * Declares the networks of a run.
   *
   * @param config the run's configuration
   * @param environment its environment
   */
  public static GFlowNet of(TrainerConfig config, Environment environment) {
    return new GFlowNet(config.policy(), config.training(), environment);
  }

  private List<LearnedTensors> networks() {
    List<LearnedTensors> networks = new ArrayList<>(forward.policyNetworks());
    if (backward != null) {
      networks.addAll(backward.policyNetworks());
    }
    forward.table().ifPresent(networks::add);
    backward().flatMap(ActionNetwork::table).ifPresent(networks::add);
    networks.addAll(forward.scaleNetworks());
    if (backward != null) {
      networks.addAll(backward.scaleNetworks());
    }
    if (logPartition != null) {
      networks.add(logPartition.network());
    }
    if (stateFlow != null) {
      networks.add(stateFlow.network());
    }
    return networks;
  }

  /** Returns the networks of P_F. */
  public ActionNetwork forward() {
    return forward;
  }

  /** Returns the networks of P_B where it is learned. */
  public Optional<ActionNetwork> backward() {
    return Optional.ofNullable(backward);
  }

  /** Returns the log-partition network, where states have no flows. */
  public Optional<LogPartition> logPartition() {
    return Optional.ofNullable(logPartition);
  }

  /** Returns the state-flow network, where states have flows. */
  public Optional<StateFlow> stateFlow() {
    return Optional.ofNullable(stateFlow);
  }

  /** Returns the layout of the flat parameter vector. */
  public ParameterLayout layout() {
    return layout;
  }

  /** Returns K, the number of heads of logits. */
  public int heads() {
    return forward.heads();
  }

  /** Returns the bound to which scaled logits are clamped, or empty if they are not. */
  public OptionalDouble logitClamp() {
    return forward.scale().map(ScaleNetwork::logitClamp).orElse(OptionalDouble.empty());
  }

  /**
   * Draws initial parameters, each uniform within ±1/√(inputs of its layer), PyTorch's default for
   * affine layers; tables start from zeros.
   *
   * @param random source of randomness
   * @return [P]
   */
  public float[] initialParameters(RandomGenerator random) {
    float[] parameters = new float[layout.size()];
    int inputs = 1;
    for (ParameterBlock block : layout.blocks()) {
      if (block.group() == ParameterGroup.TABLE) {
        continue;
      }
      // A layer's weights [in, out] come right before its biases [out].
      inputs = block.shape().size() == 2 ? block.shape().get(0) : inputs;
      float bound = (float) (1 / Math.sqrt(inputs));
      for (int i = 0; i < block.size(); i++) {
        parameters[block.offset() + i] = random.nextFloat(-bound, bound);
      }
    }
    return parameters;
  }

  /**
   * Computes unscaled logits of P_F.
   *
   * @param parameters the bound parameters
   * @param features [N, F]
   * @param betas [N, 1]
   * @return [N, K, A]
   */
  public NDArray forwardLogits(BoundParameters parameters, NDArray features, NDArray betas) {
    return forward.logits(parameters, features, betas);
  }

  /**
   * Computes the scales of the heads of P_F.
   *
   * @param parameters the bound parameters
   * @param betas [N, 1]
   * @return [N, K]
   */
  public NDArray forwardScale(BoundParameters parameters, NDArray betas) {
    return forward.scale(parameters, betas);
  }

  /**
   * Computes unscaled logits of a learned P_B.
   *
   * @param parameters the bound parameters
   * @param features [N, F]
   * @param betas [N, 1]
   * @return [N, K, C]
   */
  public NDArray backwardLogits(BoundParameters parameters, NDArray features, NDArray betas) {
    return backward().orElseThrow().logits(parameters, features, betas);
  }

  /**
   * Computes the scales of the heads of a learned P_B.
   *
   * @param parameters the bound parameters
   * @param betas [N, 1]
   * @return [N, K]
   */
  public NDArray backwardScale(BoundParameters parameters, NDArray betas) {
    return backward().orElseThrow().scale(parameters, betas);
  }

  /**
   * Computes log Z(β), which is log F of the root where states have flows.
   *
   * @param parameters the bound parameters
   * @param betas [N, 1]
   * @return [N, 1]
   */
  public NDArray logPartition(BoundParameters parameters, NDArray betas) {
    return logPartition == null
        ? stateFlow().orElseThrow().ofRoot(parameters, betas)
        : logPartition.apply(parameters, betas);
  }

  /**
   * Computes log F(s; β) where states have flows.
   *
   * @param parameters the bound parameters
   * @param features [N, F] of states that are not terminal
   * @param betas [N, 1]
   * @return [N, 1]
   */
  public NDArray stateFlow(BoundParameters parameters, NDArray features, NDArray betas) {
    return stateFlow().orElseThrow().apply(parameters, features, betas);
  }
}
