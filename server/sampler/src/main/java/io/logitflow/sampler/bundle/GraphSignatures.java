package io.logitflow.sampler.bundle;

import io.logitflow.sampler.onnx.Operand;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;
import io.logitflow.v1.EnvironmentDescription;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.TensorSignature;
import io.logitflow.v1.TensorSignature.ElementType;
import java.util.ArrayList;
import java.util.List;

/** The inputs and outputs that the graph of a role has in a model of given sizes and kinds. */
public final class GraphSignatures {
  private static final long BATCH = Shape.BATCH;

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
      case ROLLOUT -> {
        List<TensorSignature> inputs = new ArrayList<>();
        boolean indexed = BundleFormat.indexesBeta(manifest);
        inputs.add(floats(BundleFormat.BETA, indexed ? Shape.BETAS : BATCH));
        if (indexed) {
          inputs.add(BundleFormat.signature(BundleFormat.BETA_INDEX, ElementType.INT32, BATCH));
        }
        inputs.add(floats(BundleFormat.UNIFORM, BATCH, environment.getMaximumSteps()));
        yield inputs;
      }
      case SCORE -> scoreInputs(manifest);
      case DECODING ->
          List.of(
              floats(BundleFormat.BETA, Shape.BETAS),
              BundleFormat.signature(BundleFormat.BETA_INDEX, ElementType.INT32, BATCH),
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
      case SCORE ->
          BundleFormat.scoresExactly(manifest)
              ? List.of(floats(BundleFormat.LOG_P, BATCH))
              : List.of(floats(BundleFormat.LOG_PF, BATCH), floats(BundleFormat.LOG_PB, BATCH));
      case DECODING -> decodingOutputs(manifest);
      case ROLE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException(role.toString());
    };
  }

  /**
   * Returns signatures as values of a graph.
   *
   * @param signatures those of a graph of a manifest that was found valid
   */
  static List<Operand> operands(List<TensorSignature> signatures) {
    return signatures.stream()
        .map(
            signature ->
                Operand.of(
                    signature.getName(),
                    new TensorType(
                        elementType(signature.getElementType()),
                        new Shape(signature.getShapeList()))))
        .toList();
  }

  private static io.logitflow.sampler.onnx.ElementType elementType(ElementType type) {
    return switch (type) {
      case FLOAT32 -> io.logitflow.sampler.onnx.ElementType.FLOAT32;
      case INT32 -> io.logitflow.sampler.onnx.ElementType.INT32;
      case UINT8 -> io.logitflow.sampler.onnx.ElementType.UINT8;
      case INT16 -> io.logitflow.sampler.onnx.ElementType.INT16;
      case ELEMENT_TYPE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException(type.toString());
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
        tokens(manifest),
        BundleFormat.signature(BundleFormat.LENGTH, ElementType.INT32, BATCH),
        floats(BundleFormat.LOG_PF, BATCH),
        floats(BundleFormat.LOG_PB, BATCH),
        floats(BundleFormat.LOG_Z, BATCH));
  }

  private static List<TensorSignature> scoreInputs(Manifest manifest) {
    List<TensorSignature> inputs = new ArrayList<>();
    inputs.add(tokens(manifest));
    inputs.add(BundleFormat.signature(BundleFormat.LENGTH, ElementType.INT32, BATCH));
    inputs.add(floats(BundleFormat.BETA, BATCH));
    if (!BundleFormat.scoresExactly(manifest)) {
      inputs.add(floats(BundleFormat.UNIFORM, BATCH, manifest.getEnvironment().getMaximumSteps()));
    }
    return inputs;
  }

  private static TensorSignature tokens(Manifest manifest) {
    return BundleFormat.signature(
        BundleFormat.TOKENS,
        BundleFormat.tokenType(manifest.getVocabulary().getTokensCount()),
        BATCH,
        manifest.getEnvironment().getMaximumLength());
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
