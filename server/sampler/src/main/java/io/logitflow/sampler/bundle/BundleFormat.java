package io.logitflow.sampler.bundle;

import io.logitflow.v1.Graph;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.TensorSignature;
import io.logitflow.v1.TensorSignature.ElementType;

/**
 * The fixed part of a bundle's format: its version and the names of files, tensors and kinds. Who
 * writes a bundle and who reads one use these same names.
 */
public final class BundleFormat {
  /** The version of the format that is written. */
  public static final int VERSION = 3;

  /** The oldest version of the format that is read. */
  public static final int OLDEST_VERSION = 1;

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

  /** The graph of role {@code SCORE}. */
  public static final String SCORE_FILE = "score.onnx";

  /** The graph of role {@code DECODING}. */
  public static final String DECODING_FILE = "decode.onnx";

  /** What the exporter measured of the parity between graphs and trainer. */
  public static final String PARITY_FILE = "parity.json";

  /** Policy's input: state features {@code [N, F]}. */
  public static final String FEATURES = "features";

  /** Policy's output: unscaled logits of the forward actions {@code [N, K, A]}. */
  public static final String FORWARD_LOGITS = "forward_logits";

  /** Policy's output where P_B is learned: its unscaled logits {@code [N, K, C]}. */
  public static final String BACKWARD_LOGITS = "backward_logits";

  /**
   * Input of scale, log-partition and a policy conditioned by its layers {@code [N, 1]}, and of the
   * rollout: {@code [G]}, each inverse temperature of a run once, up to version 2 {@code [B]}.
   */
  public static final String BETA = "beta";

  /** Rollout's input since version 3: where each row's inverse temperature stands, {@code [B]}. */
  public static final String BETA_INDEX = "beta_index";

  /** Scale's output {@code [N, K]}. */
  public static final String FORWARD_SCALE = "forward_scale";

  /** Scale's output where P_B is learned {@code [N, K]}. */
  public static final String BACKWARD_SCALE = "backward_scale";

  /** Log-partition's output {@code [N, 1]}. */
  public static final String LOG_PARTITION = "log_partition";

  /** Input of rollout and estimated score: uniforms in [0, 1), a step each, {@code [B, T]}. */
  public static final String UNIFORM = "uniform";

  /** Decoding's input: one for each action that a step may take, else zero, {@code [T, A]}. */
  public static final String ALLOWED = "allowed";

  /** Decoding's input: one to take the most probable action, else zero, {@code []}. */
  public static final String GREEDY = "greedy";

  /** Decoding's input: the probability that the set of drawn actions reaches, {@code []}. */
  public static final String TOP_P = "top_p";

  /** Decoding's output: log P of the actions under what drew them {@code [B]}. */
  public static final String LOG_PF_DRAWN = "log_pf_drawn";

  /** Rollout's output and score's input: token ids {@code [B, S]}, 0 after the end of an object. */
  public static final String TOKENS = "tokens";

  /** Rollout's output and score's input: tokens of each object {@code [B]}. */
  public static final String LENGTH = "length";

  /** Output of rollout and estimated score: log-probability of the forward actions {@code [B]}. */
  public static final String LOG_PF = "log_pf";

  /** Output of rollout and estimated score: log-probability of the backward actions {@code [B]}. */
  public static final String LOG_PB = "log_pb";

  /** Rollout's output: learned log Z(beta) {@code [B]}. */
  public static final String LOG_Z = "log_z";

  /** Exact score's output: log-probability of the object {@code [B]}. */
  public static final String LOG_P = "log_p";

  /** The conditioning without β. */
  public static final String NONE = "none";

  /** The conditioning whose policy reads β. */
  public static final String LAYER = "layer";

  /** The conditioning that multiplies logits by a scale(β). */
  public static final String LOGIT_SCALE = "logit-scale";

  /** The conditioning that does both. */
  public static final String LOGIT_SCALE_AND_LAYER = "logit-scale+layer";

  /** A backward policy that is the same for every valid action of a state. */
  public static final String UNIFORM_BACKWARD = "uniform";

  /** A backward policy of a network's. */
  public static final String LEARNED_BACKWARD = "learned";

  /** The form of rollout whose steps stand one after another. */
  public static final String UNROLLED = "unrolled";

  /** The form of rollout whose first layer grows by the features that a step adds. */
  public static final String INCREMENTAL = "incremental";

  /** The form of rollout whose steps after the first are one, in a loop. */
  public static final String LOOP = "loop";

  /** The layout of tables with a row for each state. */
  public static final String BY_STATE = "state";

  /** The layout of tables with a row for each action of each state. */
  public static final String BY_EDGE = "edge";

  /** The kind of score that sums over all trajectories of an object. */
  public static final String EXACT = "exact";

  /** The kind of score that draws trajectories backward from an object. */
  public static final String ESTIMATE = "estimate";

  /** The precision of rollouts whose hidden layers multiply numbers of binary16. */
  public static final String FP16 = "fp16";

  /** The precision of rollouts whose hidden layers multiply bytes. */
  public static final String INT8 = "int8";

  private static final int FIRST_WITH_BETA_INDEX = 3;

  /** The version since which a manifest says whether products must be exact. */
  private static final int FIRST_WITH_EXACT_PRODUCTS = 3;

  /** Tokens of a larger vocabulary take two bytes. */
  static final int LARGEST_BYTE_VOCABULARY = 256;

  /** Token ids fit in a signed 16-bit integer. */
  static final int LARGEST_VOCABULARY = 32_768;

  private BundleFormat() {}

  /** Returns the name of the file that holds the graph of a role. */
  public static String fileOf(Graph.Role role) {
    return switch (role) {
      case POLICY -> POLICY_FILE;
      case SCALE -> SCALE_FILE;
      case LOG_PARTITION -> LOG_PARTITION_FILE;
      case ROLLOUT -> ROLLOUT_FILE;
      case SCORE -> SCORE_FILE;
      case DECODING -> DECODING_FILE;
      case ROLE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException(role.toString());
    };
  }

  /** Returns whether a model's logits are multiplied by a scale, so that it has such a graph. */
  public static boolean scalesLogits(Manifest manifest) {
    String type = manifest.getConditioning().getType();
    return type.equals(LOGIT_SCALE) || type.equals(LOGIT_SCALE_AND_LAYER);
  }

  /** Returns whether a model's policy reads β beside the features. */
  public static boolean conditionsLayers(Manifest manifest) {
    String type = manifest.getConditioning().getType();
    return type.equals(LAYER) || type.equals(LOGIT_SCALE_AND_LAYER);
  }

  /** Returns whether the rollout reads each inverse temperature of a run once. */
  public static boolean indexesBeta(Manifest manifest) {
    return manifest.getFormatVersion() >= FIRST_WITH_BETA_INDEX;
  }

  /** Returns whether a model's backward policy is learned. */
  public static boolean learnsBackward(Manifest manifest) {
    return manifest.getBackward().equals(LEARNED_BACKWARD);
  }

  /**
   * Returns whether matrix products of a bundle's graphs carry numbers that rounding their factors
   * to TF32 would change into others, or may do so, as in versions that do not tell.
   */
  public static boolean needsExactProducts(Manifest manifest) {
    return manifest.getExactProducts()
        || manifest.getRollout().hasTabulation()
        || manifest.getFormatVersion() < FIRST_WITH_EXACT_PRODUCTS;
  }

  /** Returns whether a model's scores are sums over all trajectories, not estimates. */
  public static boolean scoresExactly(Manifest manifest) {
    return manifest.getScoring().getKind().equals(EXACT);
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
   * @param shape one entry for each axis, -1 for the batch, -2 for the distinct inverse
   *     temperatures of a run
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
