package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.config.ConditioningConfig;
import io.logitflow.trainer.config.ConditioningConfig.EncodingConfig;
import io.logitflow.trainer.config.ConditioningConfig.Layer;
import io.logitflow.trainer.config.ConditioningConfig.LogitScale;
import io.logitflow.trainer.config.ConditioningConfig.LogitScaleAndLayer;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The network of one direction, P_F or P_B: unscaled logits of all actions of a state, and the
 * scale of the logits where β enters by one. A policy conditioned in several ways differs in these
 * parts alone.
 */
public final class ActionNetwork {
  private final int heads;
  private final int actionCount;
  private final @Nullable BetaEncoding encoding;
  private final @Nullable ScaleNetwork scale;
  private final Mlp network;

  /**
   * Declares the network.
   *
   * @param names what its parameters are called
   * @param conditioning how β enters
   * @param hiddenWidths of the network, input side first
   * @param featureCount F
   * @param actionCount A, the actions of this direction
   */
  ActionNetwork(
      Names names,
      ConditioningConfig conditioning,
      List<Integer> hiddenWidths,
      int featureCount,
      int actionCount) {
    this.heads = headsOf(conditioning);
    this.actionCount = actionCount;
    EncodingConfig encoded = encodingOf(conditioning);
    ScaleForm form = scaleFormOf(conditioning);
    this.encoding = encoded == null ? null : new BetaEncoding(names.encoding(), encoded);
    this.scale = form == null ? null : new ScaleNetwork(names.scale(), form, heads);
    List<Integer> widths = new ArrayList<>();
    widths.add(featureCount + (encoding == null ? 0 : encoding.width()));
    widths.addAll(hiddenWidths);
    widths.add(heads * actionCount);
    this.network = new Mlp(names.network(), ParameterGroup.POLICY, widths);
  }

  private static @Nullable EncodingConfig encodingOf(ConditioningConfig conditioning) {
    if (conditioning instanceof Layer layer) {
      return layer.encoding();
    }
    return conditioning instanceof LogitScaleAndLayer both ? both.encoding() : null;
  }

  private static @Nullable ScaleForm scaleFormOf(ConditioningConfig conditioning) {
    if (conditioning instanceof LogitScale scaled) {
      return scaled.form();
    }
    return conditioning instanceof LogitScaleAndLayer both ? both.form() : null;
  }

  private static int headsOf(ConditioningConfig conditioning) {
    if (conditioning instanceof LogitScale scaled) {
      return scaled.heads();
    }
    return conditioning instanceof LogitScaleAndLayer both ? both.heads() : 1;
  }

  /** Returns K, the number of heads of logits. */
  public int heads() {
    return heads;
  }

  /** Returns A, the number of actions of this direction. */
  public int actionCount() {
    return actionCount;
  }

  /** Returns the MLP: features and encoded β [N, F + D] to logits [N, K·A]. */
  public Mlp network() {
    return network;
  }

  /** Returns the encoding of β at the MLP's input, behind the features, if there is one. */
  public Optional<BetaEncoding> encoding() {
    return Optional.ofNullable(encoding);
  }

  /** Returns the scale of the logits, if there is one. */
  public Optional<ScaleNetwork> scale() {
    return Optional.ofNullable(scale);
  }

  /** Returns the networks of the policy's own parameters. */
  List<Mlp> policyNetworks() {
    List<Mlp> networks = new ArrayList<>(List.of(network));
    if (encoding != null) {
      networks.addAll(encoding.networks());
    }
    return networks;
  }

  /** Returns the networks of the scale's parameters. */
  List<Mlp> scaleNetworks() {
    return scale == null ? List.of() : scale.networks();
  }

  /**
   * Computes unscaled logits.
   *
   * @param parameters the bound parameters
   * @param features [N, F]
   * @param betas [N, 1]; read only where β enters by the layers
   * @return [N, K, A]
   */
  NDArray logits(BoundParameters parameters, NDArray features, NDArray betas) {
    NDArray input =
        encoding == null
            ? features
            : NDArrays.concat(new NDList(features, encoding.apply(parameters, betas)), 1);
    return network
        .apply(parameters, input)
        .reshape(new Shape(features.getShape().get(0), heads, actionCount));
  }

  /**
   * Computes the scales of the heads, 1 where there is no scale.
   *
   * @param parameters the bound parameters
   * @param betas [N, 1]
   * @return [N, K]
   */
  NDArray scale(BoundParameters parameters, NDArray betas) {
    return scale == null
        ? betas.getManager().ones(new Shape(betas.getShape().get(0), heads))
        : scale.apply(parameters, betas);
  }

  /**
   * Prefixes of parameters' names.
   *
   * @param network of the MLP
   * @param encoding of the encoding of β
   * @param scale of the scale
   */
  record Names(String network, String encoding, String scale) {
    static final Names FORWARD = new Names("forward", "encoding", "scale");
    static final Names BACKWARD = new Names("backward", "backward_encoding", "backward_scale");
  }
}
