package io.logitflow.sampler.bundle;

import io.logitflow.v1.Graph;
import io.logitflow.v1.TensorSignature;
import io.logitflow.v1.TensorSignature.ElementType;
import java.util.List;

/**
 * The fixed part of a bundle's format: its version, the names of its files and tensors, and the
 * signatures of its graphs. Who writes a bundle and who reads one use these same names.
 */
public final class BundleFormat {
  /** The one version of the format that there is. */
  public static final int VERSION = 1;

  /** The manifest, {@code io.logitflow.v1.Manifest} as protobuf JSON. */
  public static final String MANIFEST_FILE = "manifest.json";

  /** The graph of role {@code POLICY}. */
  public static final String POLICY_FILE = "policy.onnx";

  /** The graph of role {@code SCALE}. */
  public static final String SCALE_FILE = "scale.onnx";

  /** The graph of role {@code LOG_PARTITION}. */
  public static final String LOG_PARTITION_FILE = "log_partition.onnx";

  /** The graph of role {@code ROLLOUT}. */
  public static final String ROLLOUT_FILE = "rollout.onnx";

  /** What the exporter measured of the parity between graphs and trainer. */
  public static final String PARITY_FILE = "parity.json";

  /** Policy's input: state features {@code [N, F]}. */
  public static final String FEATURES = "features";

  /** Policy's output: unscaled logits of the forward actions {@code [N, K, A]}. */
  public static final String FORWARD_LOGITS = "forward_logits";

  /** Input of scale and log-partition {@code [N, 1]} and of the rollout {@code [B]}. */
  public static final String BETA = "beta";

  /** Scale's output {@code [N, K]}. */
  public static final String FORWARD_SCALE = "forward_scale";

  /** Log-partition's output {@code [N, 1]}. */
  public static final String LOG_PARTITION = "log_partition";

  /** Rollout's input: uniforms in [0, 1), one for each step, {@code [B, T]}. */
  public static final String UNIFORM = "uniform";

  /** Rollout's output: token ids {@code [B, S]}, 0 after the end of an object. */
  public static final String TOKENS = "tokens";

  /** Rollout's output: tokens of each object {@code [B]}. */
  public static final String LENGTH = "length";

  /** Rollout's output: log-probability of the forward actions {@code [B]}. */
  public static final String LOG_PF = "log_pf";

  /** Rollout's output: log-probability of the backward actions {@code [B]}. */
  public static final String LOG_PB = "log_pb";

  /** Rollout's output: learned log Z(beta) {@code [B]}. */
  public static final String LOG_Z = "log_z";

  /** The conditioning that multiplies logits by a scale(beta), so takes a graph of role SCALE. */
  static final String LOGIT_SCALE = "logit-scale";

  /** Tokens of a larger vocabulary take two bytes. */
  static final int LARGEST_BYTE_VOCABULARY = 256;

  /** Token ids fit in a signed 16-bit integer. */
  static final int LARGEST_VOCABULARY = 32_768;

  private static final long BATCH = -1;

  private BundleFormat() {}

  /** Returns the name of the file that holds the graph of a role. */
  public static String fileOf(Graph.Role role) {
    return switch (role) {
      case POLICY -> POLICY_FILE;
      case SCALE -> SCALE_FILE;
      case LOG_PARTITION -> LOG_PARTITION_FILE;
      case ROLLOUT -> ROLLOUT_FILE;
      case ROLE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException(role.toString());
    };
  }

  /**
   * Returns the inputs that every policy has.
   *
   * @param features F, the width of the state features
   */
  public static List<TensorSignature> policyInputs(int features) {
    return List.of(signature(FEATURES, ElementType.FLOAT32, BATCH, features));
  }

  /**
   * Returns the outputs that every policy has.
   *
   * @param heads K, the number of heads of logits
   * @param actions A, the number of forward actions
   */
  public static List<TensorSignature> policyOutputs(int heads, int actions) {
    return List.of(signature(FORWARD_LOGITS, ElementType.FLOAT32, BATCH, heads, actions));
  }

  /** Returns the inputs that every scale has. */
  public static List<TensorSignature> scaleInputs() {
    return List.of(signature(BETA, ElementType.FLOAT32, BATCH, 1));
  }

  /**
   * Returns the outputs that every scale has.
   *
   * @param heads K, the number of heads of logits
   */
  public static List<TensorSignature> scaleOutputs(int heads) {
    return List.of(signature(FORWARD_SCALE, ElementType.FLOAT32, BATCH, heads));
  }

  /** Returns the inputs that every log-partition has. */
  public static List<TensorSignature> logPartitionInputs() {
    return List.of(signature(BETA, ElementType.FLOAT32, BATCH, 1));
  }

  /** Returns the outputs that every log-partition has. */
  public static List<TensorSignature> logPartitionOutputs() {
    return List.of(signature(LOG_PARTITION, ElementType.FLOAT32, BATCH, 1));
  }

  /**
   * Returns the inputs that every rollout has.
   *
   * @param steps T, the largest number of steps of a trajectory
   */
  public static List<TensorSignature> rolloutInputs(int steps) {
    return List.of(
        signature(BETA, ElementType.FLOAT32, BATCH),
        signature(UNIFORM, ElementType.FLOAT32, BATCH, steps));
  }

  /**
   * Returns the outputs that every rollout has.
   *
   * @param rowWidth S, the largest number of tokens of an object
   * @param vocabularySize the number of tokens there are
   */
  public static List<TensorSignature> rolloutOutputs(int rowWidth, int vocabularySize) {
    return List.of(
        signature(TOKENS, tokenType(vocabularySize), BATCH, rowWidth),
        signature(LENGTH, ElementType.INT32, BATCH),
        signature(LOG_PF, ElementType.FLOAT32, BATCH),
        signature(LOG_PB, ElementType.FLOAT32, BATCH),
        signature(LOG_Z, ElementType.FLOAT32, BATCH));
  }

  /** Returns the element type that holds the tokens of a vocabulary of this size. */
  public static ElementType tokenType(int vocabularySize) {
    return vocabularySize <= LARGEST_BYTE_VOCABULARY ? ElementType.UINT8 : ElementType.INT16;
  }

  /**
   * Returns a tensor's signature.
   *
   * @param name the tensor's name
   * @param elementType type of its elements
   * @param shape one entry for each axis, -1 for the batch
   */
  public static TensorSignature signature(String name, ElementType elementType, long... shape) {
    TensorSignature.Builder signature =
        TensorSignature.newBuilder().setName(name).setElementType(elementType);
    for (long size : shape) {
      signature.addShape(size);
    }
    return signature.build();
  }
}
