package io.logitflow.exporter.bundle;

import com.google.protobuf.ByteString;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Signature;
import io.logitflow.exporter.lowering.EnvironmentLowering;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.exporter.tabulation.TabulationPlan;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.trainer.config.ConditioningConfig.Thermometer;
import io.logitflow.trainer.config.LogRewardConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.BetaEncoding;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.ScaleNetwork;
import io.logitflow.trainer.policy.StateTable;
import io.logitflow.trainer.policy.WindowEmbedding;
import io.logitflow.v1.BetaRange;
import io.logitflow.v1.Conditioning;
import io.logitflow.v1.EnvironmentDescription;
import io.logitflow.v1.Graph;
import io.logitflow.v1.LogRewardTransform;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.Provenance;
import io.logitflow.v1.ReducedPrecision;
import io.logitflow.v1.Scoring;
import io.logitflow.v1.Tabulation;
import io.logitflow.v1.TensorSignature;
import io.logitflow.v1.Vocabulary;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The manifest of a trained model and its graphs. */
final class ManifestAssembly {
  /** The version since which a manifest says what scores need. */
  private static final int FIRST_WITH_SCORES = 3;

  /** TF32 has a significand of eleven bits. */
  private static final int LARGEST_IN_TF32 = 1 << 11;

  private ManifestAssembly() {}

  /**
   * Describes a model, without reports.
   *
   * @param model the model
   * @param producerVersion version of LogitFlow
   * @param graphs its graphs by role, in the order in which they are listed
   * @param rollout how the rollout computes
   * @param precision what graphs that draw are computed in, if not in binary32
   */
  static Manifest describe(
      TrainedModel model,
      String producerVersion,
      Map<Graph.Role, OnnxGraph> graphs,
      io.logitflow.v1.RolloutForm rollout,
      Optional<ReducedPrecision> precision) {
    Manifest.Builder manifest =
        Manifest.newBuilder()
            .setFormatVersion(BundleFormat.VERSION)
            .setProvenance(provenance(model, producerVersion))
            .setConfig(model.configYaml())
            .setRollout(rollout);
    if (graphs.containsKey(Graph.Role.DECODING)) {
      manifest.getDecodingBuilder();
    }
    precision.ifPresent(manifest::setPrecision);
    derive(manifest, model.config(), model.environment(), model.network());
    graphs.forEach((role, graph) -> manifest.addGraphs(graph(role, graph)));
    OnnxGraph score = graphs.get(Graph.Role.SCORE);
    if (score != null) {
      manifest.setScoring(scoring(score));
    }
    return manifest.build();
  }

  /**
   * Overwrites what follows from a model's configuration, whatever its parameters are; of a
   * manifest of an older version, what that version says.
   *
   * @param manifest to be overwritten
   * @param config the configuration
   * @param environment the one that it describes
   * @param network the one that it describes
   * @return the same builder
   */
  static Manifest.Builder derive(
      Manifest.Builder manifest, TrainerConfig config, Environment environment, GFlowNet network) {
    manifest
        .setEnvironment(environment(environment))
        .setVocabulary(
            Vocabulary.newBuilder()
                .addAllTokens(environment.tokens())
                .setSeparator(environment.separator()))
        .setConditioning(conditioning(network))
        .setBackward(
            network.backward().isPresent()
                ? BundleFormat.LEARNED_BACKWARD
                : BundleFormat.UNIFORM_BACKWARD)
        .setTrainedBeta(range(config.training().lowestBeta(), config.training().highestBeta()))
        .setLogReward(logReward(config.logReward()))
        .setExactProducts(carriesLargeNumbers(environment, network))
        .getProvenanceBuilder()
        .setSeed(config.seed());
    if (manifest.getFormatVersion() < FIRST_WITH_SCORES) {
      manifest.clearExactProducts().getEnvironmentBuilder().clearMinimumLength();
    }
    if (manifest.hasDecoding()) {
      manifest.setDecoding(
          EnvironmentLowering.of(environment).decoding().toBuilder()
              .setMinimumLength(environment.minimumLength()));
    }
    if (manifest.getFormatVersion() == 1) {
      manifest.clearBackward().getEnvironmentBuilder().clearBackwardActionCount();
    }
    return manifest;
  }

  /**
   * Describes how a rollout computes.
   *
   * @param form of the steps that no table answers
   * @param tables what it looks up, if anything
   */
  static io.logitflow.v1.RolloutForm rollout(RolloutForm form, Optional<TabulationPlan> tables) {
    io.logitflow.v1.RolloutForm.Builder described =
        io.logitflow.v1.RolloutForm.newBuilder().setForm(form.name().toLowerCase(Locale.ROOT));
    tables.ifPresent(
        plan ->
            described.setTabulation(
                Tabulation.newBuilder()
                    .setLayout(plan.layout().name().toLowerCase(Locale.ROOT))
                    .setSteps(plan.steps())
                    .setStates(plan.states())
                    .setBytes(plan.bytes())));
    return described.build();
  }

  /** Tells whether a token, or a row of what a network looks up, has a number that TF32 rounds. */
  private static boolean carriesLargeNumbers(Environment environment, GFlowNet network) {
    IntStream counts =
        Stream.concat(Stream.of(network.forward()), network.backward().stream())
            .flatMapToInt(
                actions ->
                    IntStream.concat(
                        actions.table().stream().mapToInt(StateTable::rows),
                        actions.windows().stream().mapToInt(WindowEmbedding::rows)));
    return environment.tokens().size() > LARGEST_IN_TF32
        || counts.anyMatch(rows -> rows > LARGEST_IN_TF32);
  }

  private static Scoring scoring(OnnxGraph score) {
    boolean draws =
        score.inputs().stream().anyMatch(input -> input.name().equals(BundleFormat.UNIFORM));
    return Scoring.newBuilder().setKind(draws ? BundleFormat.ESTIMATE : BundleFormat.EXACT).build();
  }

  private static EnvironmentDescription environment(Environment environment) {
    EnvironmentDescription.Builder description =
        EnvironmentDescription.newBuilder()
            .setType(environment.type())
            .setMinimumLength(environment.minimumLength())
            .setMaximumLength(environment.maximumLength())
            .setMaximumSteps(environment.maximumSteps())
            .setActionCount(environment.actionCount())
            .setFeatureCount(environment.featureCount())
            .setBackwardActionCount(environment.backwardActionCount());
    environment.objectCount().ifPresent(description::setObjectCount);
    return description.build();
  }

  private static Conditioning conditioning(GFlowNet network) {
    Optional<ScaleNetwork> scale = network.forward().scale();
    Optional<BetaEncoding> encoding = network.forward().encoding();
    Conditioning.Builder conditioning = Conditioning.newBuilder().setHeads(network.heads());
    if (encoding.isPresent()) {
      conditioning
          .setType(scale.isPresent() ? BundleFormat.LOGIT_SCALE_AND_LAYER : BundleFormat.LAYER)
          .setEncoding(encoding(encoding.get()));
    } else {
      conditioning.setType(scale.isPresent() ? BundleFormat.LOGIT_SCALE : BundleFormat.NONE);
    }
    scale.ifPresent(scaled -> conditioning.setForm(scaled.form().name().toLowerCase(Locale.ROOT)));
    network.logitClamp().ifPresent(clamp -> conditioning.setLogitClamp((float) clamp));
    return conditioning.build();
  }

  private static io.logitflow.v1.BetaEncoding encoding(BetaEncoding encoding) {
    io.logitflow.v1.BetaEncoding.Builder described = io.logitflow.v1.BetaEncoding.newBuilder();
    if (encoding.config() instanceof Thermometer thermometer) {
      return described
          .setType("thermometer")
          .setBins(thermometer.bins())
          .setRange(range(thermometer.low(), thermometer.high()))
          .build();
    }
    return described.setType("raw").build();
  }

  private static BetaRange range(float low, float high) {
    return BetaRange.newBuilder().setLow(low).setHigh(high).build();
  }

  private static LogRewardTransform logReward(LogRewardConfig config) {
    return LogRewardTransform.newBuilder()
        .setFloor(config.floor())
        .setExponent(config.exponent())
        .setScale(config.scale())
        .build();
  }

  /**
   * Describes where a model comes from.
   *
   * @param model the model
   * @param producerVersion version of LogitFlow
   */
  static Provenance provenance(TrainedModel model, String producerVersion) {
    return Provenance.newBuilder()
        .setProducerVersion(producerVersion)
        .setRound(model.origin().round())
        .setSeed(model.config().seed())
        .setConfigSha256(Checksum.sha256(ByteString.copyFromUtf8(model.configYaml())))
        .setParametersSha256(model.origin().parametersSha256())
        .setRewardSha256(model.origin().rewardSha256())
        .build();
  }

  private static Graph graph(Graph.Role role, OnnxGraph graph) {
    return Graph.newBuilder()
        .setRole(role)
        .setFile(Checksum.describe(BundleFormat.fileOf(role), graph.file()))
        .addAllInputs(signatures(graph.inputs()))
        .addAllOutputs(signatures(graph.outputs()))
        .build();
  }

  private static List<TensorSignature> signatures(List<Signature> signatures) {
    return signatures.stream()
        .map(
            signature ->
                TensorSignature.newBuilder()
                    .setName(signature.name())
                    .setElementType(elementType(signature.type().elementType()))
                    .addAllShape(signature.type().shape().sizes())
                    .build())
        .toList();
  }

  private static TensorSignature.ElementType elementType(ElementType type) {
    return switch (type) {
      case FLOAT32 -> TensorSignature.ElementType.FLOAT32;
      case UINT8 -> TensorSignature.ElementType.UINT8;
      case INT16 -> TensorSignature.ElementType.INT16;
      case INT32 -> TensorSignature.ElementType.INT32;
      case FLOAT16, INT8, INT64, BOOL ->
          throw new IllegalArgumentException(type + " is no type of an input or output");
    };
  }
}
