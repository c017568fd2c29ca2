package io.logitflow.exporter.command;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.StagedOutput;
import io.logitflow.exporter.bundle.BundleWriter;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.parity.ParityCheck;
import io.logitflow.exporter.parity.ParityReport;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code export}: a checkpoint becomes a bundle that computes the same. */
@Command(
    name = "export",
    description = "Writes a checkpoint as a bundle of ONNX graphs, proved equal to the trainer.")
final class ExportCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      required = true,
      description = "What `train` wrote.")
  private Path checkpoint;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The bundle; must not exist.")
  private Path out;

  @Override
  public void run() {
    StagedOutput.requireAbsent(out);
    TrainedModel model = TrainedModel.of(Checkpoint.load(checkpoint));
    AtomicReference<String> summary = new AtomicReference<>("");
    new BundleWriter(ProducerVersion.read())
        .write(
            model,
            out,
            directory -> {
              ParityReport report = parity(model, directory);
              summary.set(report.summary());
              return report.toJson();
            });
    spec.commandLine().getOut().println(out + ": equal to the trainer in " + summary.get());
  }

  private static ParityReport parity(TrainedModel model, Path directory) {
    try (TrainedPolicy trained =
        new TrainedPolicy(model.network(), model.environment(), model.parameters())) {
      ParityReport report = ParityCheck.run(Bundle.open(directory), model.environment(), trained);
      if (!report.passed()) {
        throw new LogitFlowException(
            Category.FAILED, "the exported graphs differ from the trainer: " + report.summary());
      }
      return report;
    }
  }
}
