package io.logitflow.exporter.bundle;

import com.google.protobuf.ByteString;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Environments;
import io.logitflow.v1.EnvironmentDescription;
import io.logitflow.v1.Manifest;
import java.util.List;

/** The environment of a bundle, rebuilt from the configuration that its manifest carries. */
public final class BundleEnvironment {
  private BundleEnvironment() {}

  /**
   * Rebuilds the environment.
   *
   * @param bundle an opened bundle
   * @throws InvalidInputException if the configuration is not the one exported, or describes
   *     another environment than the manifest does
   */
  public static Environment of(Bundle bundle) {
    Manifest manifest = bundle.manifest();
    String subject = bundle.directory().resolve(BundleFormat.MANIFEST_FILE) + " config";
    String sha256 = Checksum.sha256(ByteString.copyFromUtf8(manifest.getConfig()));
    String declared = manifest.getProvenance().getConfigSha256();
    if (!sha256.equals(declared)) {
      throw new InvalidInputException(
          subject, "SHA-256 " + sha256, declared + ", as the provenance says");
    }
    TrainerConfig config = ConfigLoader.parse(subject, manifest.getConfig(), List.of());
    Environment environment = Environments.create(config.environment());
    EnvironmentDescription described = ManifestAssembly.environment(environment);
    if (!described.equals(manifest.getEnvironment())
        || !environment.tokens().equals(manifest.getVocabulary().getTokensList())) {
      throw new InvalidInputException(
          subject, "another environment", "the manifest's environment and vocabulary");
    }
    return environment;
  }
}
