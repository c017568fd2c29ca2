package io.logitflow.exporter.command;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.exporter.bundle.BundleEnvironment;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.environment.Environment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code verify}: whether a bundle is whole, computes what it should and samples what it says. */
@Command(
    name = "verify",
    description = "Checks a bundle, alone or against the checkpoint that it was exported from.")
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

  @Override
  public void run() {
    Bundle opened = Bundle.open(bundle);
    Environment environment = BundleEnvironment.of(opened);
    BundleVerification verification = new BundleVerification(opened, environment);
    List<BundleVerification.Finding> findings =
        verification.run(Optional.ofNullable(checkpoint).map(Checkpoint::load));
    findings.forEach(finding -> spec.commandLine().getOut().println(finding));
    long failed = findings.stream().filter(finding -> !finding.passed()).count();
    if (failed > 0) {
      throw new LogitFlowException(
          Category.FAILED, bundle + ": " + failed + " of " + findings.size() + " checks failed");
    }
  }
}
