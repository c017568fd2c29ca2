package io.logitflow.exporter.bundle;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.checkpoint.Weights;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Environments;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.Provenance;
import java.util.List;

/**
 * A manifest that says of the model what follows from the configuration that it carries:
 * environment, vocabulary, conditioning, trained inverse temperatures, log reward and seed.
 */
public final class VerifiedManifest {
  private final Manifest manifest;
  private final Environment environment;

  private VerifiedManifest(Manifest manifest, Environment environment) {
    this.manifest = manifest;
    this.environment = environment;
  }

  /**
   * Rebuilds what a manifest says from its configuration and compares.
   *
   * @param bundle an opened bundle
   * @throws InvalidInputException if the configuration is none, or a field says something else; the
   *     message has a line for each
   */
  public static VerifiedManifest of(Bundle bundle) {
    Manifest found = bundle.manifest();
    String subject = bundle.directory().resolve(BundleFormat.MANIFEST_FILE) + " config";
    TrainerConfig config = ConfigLoader.parse(subject, found.getConfig(), List.of());
    Environment environment = Environments.create(config.environment());
    Manifest.Builder expected =
        ManifestAssembly.derive(
            found.toBuilder(), config, environment, GFlowNet.of(config, environment));
    refuse(ManifestComparison.differences(found, expected.build(), "its config"));
    return new VerifiedManifest(found, environment);
  }

  /** Returns the environment that the configuration describes. */
  public Environment environment() {
    return environment;
  }

  /**
   * Compares where the manifest says that the model comes from with a checkpoint: the rounds, and
   * the checksums of configuration, parameters and reward.
   *
   * @param checkpoint what the bundle is said to be exported from
   * @return the checkpoint's model with the parameters, last or averaged, that the bundle has
   * @throws InvalidInputException if it is another one; the message has a line for each difference
   */
  public TrainedModel requireOrigin(Checkpoint checkpoint) {
    Provenance found = manifest.getProvenance();
    boolean averaged =
        checkpoint.averageSha256().filter(found.getParametersSha256()::equals).isPresent();
    if (!averaged && !checkpoint.parametersSha256().equals(found.getParametersSha256())) {
      throw new InvalidInputException(
          "--checkpoint",
          "parameters with SHA-256 " + checkpoint.parametersSha256(),
          found.getParametersSha256() + ", which the bundle was exported from");
    }
    TrainedModel model = TrainedModel.of(checkpoint, averaged ? Weights.AVERAGED : Weights.LAST);
    Manifest expected =
        manifest.toBuilder()
            .setProvenance(ManifestAssembly.provenance(model, found.getProducerVersion()))
            .build();
    refuse(ManifestComparison.differences(manifest, expected, "the checkpoint"));
    return model;
  }

  private static void refuse(List<Problem> problems) {
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
  }
}
