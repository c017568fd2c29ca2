package io.logitflow.sampler.bundle;

import io.logitflow.v1.EnvironmentDescription;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.TensorSignature;
import io.logitflow.v1.TensorSignature.ElementType;
import java.util.ArrayList;
import java.util.List;

/** The inputs and outputs that the graph of a role has in a model of given sizes and kinds. */
public final class GraphSignatures {
  private static final long BATCH = -1;

  private GraphSignatures() {}

  /**
   * Returns the inputs of the graph of a role.
   *
   * @param role any role but none
   * @param manifest says the model's sizes, how β enters and what P_B is
   */
  public static List<TensorSignature> inputs(Role role, Manifest manifest) {
    EnvironmentDescription environment = manifest.getEnvironment();
    return switch (role) {
      case POLICY -> {
        List<TensorSignature> inputs = new ArrayList<>();
        inputs.add(floats(BundleFormat.FEATURES, BATCH, environment.getFeatureCount()));
        if (BundleFormat.conditionsLayers(manifest)) {
          inputs.add(floats(BundleFormat.BETA, BATCH, 1));
        }
        yield inputs;
      }
      case SCALE, LOG_PARTITION -> List.of(floats(BundleFormat.BETA, BATCH, 1));
      case ROLLOUT ->
          List.of(
              floats(BundleFormat.BETA, BATCH),
              floats(BundleFormat.UNIFORM, BATCH, environment.getMaximumSteps()));
      case DECODING ->
          List.of(
              floats(BundleFormat.BETA, BATCH),
              floats(BundleFormat.UNIFORM, BATCH, environment.getMaximumSteps()),
              floats(
                  BundleFormat.ALLOWED,
                  environment.getMaximumSteps(),
                  environment.getActionCount()),
              floats(BundleFormat.GREEDY),
              floats(BundleFormat.TOP_P));
      case ROLE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException(role.toString());
    };
  }

  /**
   * Returns the outputs of the graph of a role.
   *
   * @param role any role but none
   * @param manifest says the model's sizes, how β enters and what P_B is
   */
  public static List<TensorSignature> outputs(Role role, Manifest manifest) {
    return switch (role) {
      case POLICY -> policyOutputs(manifest);
      case SCALE -> scaleOutputs(manifest);
      case LOG_PARTITION -> List.of(floats(BundleFormat.LOG_PARTITION, BATCH, 1));
      case ROLLOUT -> rolloutOutputs(manifest);
      case DECODING -> decodingOutputs(manifest);
      case ROLE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException(role.toString());
    };
  }

  private static List<TensorSignature> policyOutputs(Manifest manifest) {
    EnvironmentDescription environment = manifest.getEnvironment();
    int heads = manifest.getConditioning().getHeads();
    List<TensorSignature> outputs = new ArrayList<>();
    outputs.add(floats(BundleFormat.FORWARD_LOGITS, BATCH, heads, environment.getActionCount()));
    if (BundleFormat.learnsBackward(manifest)) {
      outputs.add(
          floats(BundleFormat.BACKWARD_LOGITS, BATCH, heads, environment.getBackwardActionCount()));
    }
    return outputs;
  }

  private static List<TensorSignature> scaleOutputs(Manifest manifest) {
    int heads = manifest.getConditioning().getHeads();
    List<TensorSignature> outputs = new ArrayList<>();
    outputs.add(floats(BundleFormat.FORWARD_SCALE, BATCH, heads));
    if (BundleFormat.learnsBackward(manifest)) {
      outputs.add(floats(BundleFormat.BACKWARD_SCALE, BATCH, heads));
    }
    return outputs;
  }

  private static List<TensorSignature> rolloutOutputs(Manifest manifest) {
    return List.of(
        BundleFormat.signature(
            BundleFormat.TOKENS,
            BundleFormat.tokenType(manifest.getVocabulary().getTokensCount()),
            BATCH,
            manifest.getEnvironment().getMaximumLength()),
        BundleFormat.signature(BundleFormat.LENGTH, ElementType.INT32, BATCH),
        floats(BundleFormat.LOG_PF, BATCH),
        floats(BundleFormat.LOG_PB, BATCH),
        floats(BundleFormat.LOG_Z, BATCH));
  }

  private static List<TensorSignature> decodingOutputs(Manifest manifest) {
    List<TensorSignature> outputs = new ArrayList<>(rolloutOutputs(manifest));
    outputs.add(floats(BundleFormat.LOG_PF_DRAWN, BATCH));
    return outputs;
  }

  private static TensorSignature floats(String name, long... shape) {
    return BundleFormat.signature(name, ElementType.FLOAT32, shape);
  }
}
