package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.config.PolicyConfig;
import io.logitflow.trainer.config.PolicyConfig.LogitScale;
import io.logitflow.trainer.environment.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * The networks of a temperature-conditional GFlowNet over one flat parameter vector: the forward
 * policy, the scale of its logits, and log Z(β). Holds no parameters itself.
 */
public final class GFlowNet {
  private static final int HEADS = 1;

  private final int actionCount;
  private final Mlp forwardNetwork;
  private final ScaleNetwork scaleNetwork;
  private final LogPartition logPartition;
  private final ParameterLayout layout;

  /**
   * Declares the networks.
   *
   * @param config widths and conditioning
   * @param environment gives the widths of features and actions
   */
  public GFlowNet(PolicyConfig config, Environment environment) {
    this.actionCount = environment.actionCount();
    List<Integer> widths = new ArrayList<>();
    widths.add(environment.featureCount());
    widths.addAll(config.hiddenWidths());
    widths.add(HEADS * actionCount);
    this.forwardNetwork = new Mlp("forward", ParameterGroup.POLICY, widths);
    this.scaleNetwork = new ScaleNetwork(((LogitScale) config.conditioning()).form(), HEADS);
    this.logPartition = new LogPartition(config.initialLogPartition());
    List<Mlp> networks = new ArrayList<>();
    networks.add(forwardNetwork);
    networks.addAll(scaleNetwork.networks());
    networks.add(logPartition.network());
    this.layout = new ParameterLayout(networks);
  }

  /** Returns the policy's MLP: features [N, F] to logits [N, K·A]. */
  public Mlp forwardNetwork() {
    return forwardNetwork;
  }

  /** Returns the scale network. */
  public ScaleNetwork scaleNetwork() {
    return scaleNetwork;
  }

  /** Returns the log-partition network. */
  public LogPartition logPartition() {
    return logPartition;
  }

  /** Returns the layout of the flat parameter vector. */
  public ParameterLayout layout() {
    return layout;
  }

  /** Returns K, the number of heads of logits. */
  public int heads() {
    return HEADS;
  }

  /** Returns A, the number of forward actions. */
  public int actionCount() {
    return actionCount;
  }

  /** Returns the bound to which scaled logits are clamped, or empty if they are not. */
  public OptionalDouble logitClamp() {
    return scaleNetwork.logitClamp();
  }

  /**
   * Draws initial parameters, each uniform within ±1/√(inputs of its layer), PyTorch's default for
   * affine layers.
   *
   * @param random source of randomness
   * @return [P]
   */
  public float[] initialParameters(RandomGenerator random) {
    float[] parameters = new float[layout.size()];
    int inputs = 1;
    for (ParameterBlock block : layout.blocks()) {
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
   * Computes unscaled logits.
   *
   * @param parameters the bound parameters
   * @param features [N, F]
   * @return [N, K, A]
   */
  public NDArray forwardLogits(BoundParameters parameters, NDArray features) {
    return forwardNetwork
        .apply(parameters, features)
        .reshape(new Shape(features.getShape().get(0), HEADS, actionCount));
  }

  /**
   * Computes the scales of the heads.
   *
   * @param parameters the bound parameters
   * @param betas [N, 1]
   * @return [N, K]
   */
  public NDArray forwardScale(BoundParameters parameters, NDArray betas) {
    return scaleNetwork.apply(parameters, betas);
  }

  /**
   * Computes log Z(β).
   *
   * @param parameters the bound parameters
   * @param betas [N, 1]
   * @return [N, 1]
   */
  public NDArray logPartition(BoundParameters parameters, NDArray betas) {
    return logPartition.apply(parameters, betas);
  }
}
