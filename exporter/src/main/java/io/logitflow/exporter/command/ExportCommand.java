package io.logitflow.exporter.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.StagedOutput;
import io.logitflow.contract.command.ByteSize;
import io.logitflow.exporter.bundle.BundleWriter;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.parity.ParityGate;
import io.logitflow.exporter.parity.ParityReport;
import io.logitflow.exporter.tabulation.PolicyTraits;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.checkpoint.Weights;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--table-budget",
      paramLabel = "N[KiB|MiB|GiB]",
      converter = ByteSize.Converter.class,
      description =
          "What tables of states may add to the rollout, such as 256MiB; 0 for none, 64MiB unless"
              + " said.")
  private @Nullable ByteSize tableBudget;

  @Override
  public void run() {
    StagedOutput.requireAbsent(out);
    TrainedModel model = TrainedModel.of(Checkpoint.load(checkpoint), weights);
    new BundleWriter(ProducerVersion.read(), budget(model))
        .write(model, out, new ParityGate(model));
    String report = ParityReport.read(out.resolve(BundleFormat.PARITY_FILE)).summary();
    spec.commandLine().getOut().println(out + ": equal to the trainer in " + report);
    spec.commandLine()
        .getOut()
        .println(out + ": " + RolloutSummary.of(Bundle.open(out).manifest()));
  }

  private long budget(TrainedModel model) {
    if (tableBudget == null) {
      return BundleWriter.TABLE_BUDGET;
    }
    if (tableBudget.bytes() > 0 && PolicyTraits.readsBeta(model.network())) {
      throw new InvalidInputException(
          "--table-budget",
          tableBudget.bytes() + " bytes",
          "0, since beta enters the layers of this model's policy: no table of logits serves every"
              + " beta");
    }
    return tableBudget.bytes();
  }
}
