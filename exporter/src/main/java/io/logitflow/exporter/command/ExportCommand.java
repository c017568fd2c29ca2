package io.logitflow.exporter.command;

import io.logitflow.contract.StagedOutput;
import io.logitflow.exporter.bundle.BundleWriter;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.parity.ParityGate;
import io.logitflow.exporter.parity.ParityReport;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.checkpoint.Weights;
import java.nio.file.Path;
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

  @Option(
      names = "--weights",
      paramLabel = "last|averaged",
      description = "The last parameters (default) or their moving average, if the run keeps one.")
  private Weights weights = Weights.LAST;

  @Override
  public void run() {
    StagedOutput.requireAbsent(out);
    TrainedModel model = TrainedModel.of(Checkpoint.load(checkpoint), weights);
    new BundleWriter(ProducerVersion.read()).write(model, out, new ParityGate(model));
    String report = ParityReport.read(out.resolve(BundleFormat.PARITY_FILE)).summary();
    spec.commandLine().getOut().println(out + ": equal to the trainer in " + report);
  }
}
