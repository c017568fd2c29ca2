package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.config.ConditioningConfig;
import io.logitflow.trainer.config.ConditioningConfig.Layered;
import io.logitflow.trainer.config.ConditioningConfig.Scaled;
import io.logitflow.trainer.config.PolicyConfig;
import io.logitflow.trainer.config.TrainingConfig;
import io.logitflow.trainer.environment.Environment;
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
  private final @Nullable Mlp network;
  private final @Nullable StateTable table;
  private final @Nullable WindowEmbedding windows;

  /**
   * Declares the network.
   *
   * @param direction which of the two
   * @param config its kind, its widths and how β enters
   * @param training says over which range β is trained
   * @param environment whose states it reads
   * @param actionCount A, the actions of this direction
   * @throws InvalidInputException if the environment has too many states for a table
   */
  ActionNetwork(
      Direction direction,
      PolicyConfig config,
      TrainingConfig training,
      Environment environment,
      int actionCount) {
    ConditioningConfig conditioning = config.conditioning();
    this.heads = conditioning instanceof Scaled scaled ? scaled.heads() : 1;
    this.actionCount = actionCount;
    this.encoding =
        conditioning instanceof Layered layered
            ? new BetaEncoding(direction.encoding(), layered.encoding())
            : null;
    this.scale =
        conditioning instanceof Scaled scaled
            ? new ScaleNetwork(direction.scale(), scaled.form(), heads, training)
            : null;
    List<Integer> widths = new ArrayList<>();
    widths.add(environment.featureCount() + (encoding == null ? 0 : encoding.width()));
    widths.addAll(config.hiddenWidths());
    widths.add(heads * actionCount);
    this.network =
        config.network() == PolicyConfig.Network.TABLE
            ? null
            : new Mlp(direction.network(), ParameterGroup.POLICY, widths);
    this.windows =
        config.window() == null
            ? null
            : new WindowEmbedding(
                direction.windows(), environment, config.window(), config.hiddenWidths().get(0));
    this.table =
        config.network() == PolicyConfig.Network.MLP
            ? null
            : new StateTable(
                direction.table(), environment, direction.ended(), heads * actionCount);
  }

  /** Returns K, the number of heads of logits. */
  public int heads() {
    return heads;
  }

  /** Returns A, the number of actions of this direction. */
  public int actionCount() {
    return actionCount;
  }

  /** Returns the MLP, if there is one: features and encoded β [N, F + D] to logits [N, K·A]. */
  public Optional<Mlp> network() {
    return Optional.ofNullable(network);
  }

  /** Returns what windows of features add to the MLP's first layer, where there is such. */
  public Optional<WindowEmbedding> windows() {
    return Optional.ofNullable(windows);
  }

  /** Returns the table, if there is one: states to logits [N, K·A], added to those of the MLP. */
  public Optional<StateTable> table() {
    return Optional.ofNullable(table);
  }

  /** Returns the encoding of β at the MLP's input, behind the features, if there is one. */
  public Optional<BetaEncoding> encoding() {
    return Optional.ofNullable(encoding);
  }

  /** Returns the scale of the logits, if there is one. */
  public Optional<ScaleNetwork> scale() {
    return Optional.ofNullable(scale);
  }

  /** Returns what has the policy's own parameters. */
  List<LearnedTensors> policyNetworks() {
    List<LearnedTensors> networks = new ArrayList<>();
    if (windows != null) {
      networks.add(windows);
    }
    if (network != null) {
      networks.add(network);
    }
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
    NDArray logits;
    if (network == null) {
      logits = table().orElseThrow().apply(parameters, features);
    } else {
      NDArray input =
          encoding == null
              ? features
              : NDArrays.concat(new NDList(features, encoding.apply(parameters, betas)), 1);
      logits =
          windows == null
              ? network.apply(parameters, input)
              : network.apply(parameters, input, windows.apply(parameters, features));
      if (table != null) {
        logits = logits.add(table.apply(parameters, features));
      }
    }
    return logits.reshape(new Shape(features.getShape().get(0), heads, actionCount));
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
   * What the two directions differ in: prefixes of parameters' names, and the states.
   *
   * @param network of the MLP
   * @param windows of the vectors of windows
   * @param table of the table
   * @param encoding of the encoding of β
   * @param scale of the scale
   * @param ended whether terminal states have actions
   */
  record Direction(
      String network, String windows, String table, String encoding, String scale, boolean ended) {
    static final Direction FORWARD =
        new Direction("forward", "windows", "table", "encoding", "scale", false);
    static final Direction BACKWARD =
        new Direction(
            "backward",
            "backward_windows",
            "backward_table",
            "backward_encoding",
            "backward_scale",
            true);
  }
}
