package io.logitflow.exporter.command;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.command.ProviderOptions;
import io.logitflow.exporter.command.BundleVerification.Finding;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.session.CudaProvider;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.trainer.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code verify}: whether a bundle is whole, computes what it should and samples what it says. */
@Command(
    name = "verify",
    description = "Checks a bundle, alone or against the checkpoint that it was exported from.",
    sortOptions = false)
final class VerifyCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--bundle",
      paramLabel = "DIR",
      required = true,
      description = "What `export` wrote.")
  private Path bundle;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "What it was exported from; the parity is then measured again.")
  private @Nullable Path checkpoint;

  @Mixin private ProviderOptions options = new ProviderOptions();

  @Override
  public void run() {
    ExecutionProvider provider = options.choose(ExecutionProvider.CPU, CudaProvider::new);
    AskedProvider.require(provider);
    Bundle opened = Bundle.open(bundle);
    List<Finding> findings = new ArrayList<>();
    BundleVerification verification =
        new BundleVerification(
            opened,
            provider,
            finding -> {
              findings.add(finding);
              spec.commandLine().getOut().println(finding);
            });
    verification.run(Optional.ofNullable(checkpoint).map(Checkpoint::load));
    long failed = findings.stream().filter(finding -> !finding.passed()).count();
    if (failed > 0) {
      throw new LogitFlowException(
          Category.FAILED, bundle + ": " + failed + " of " + findings.size() + " checks failed");
    }
  }
}
