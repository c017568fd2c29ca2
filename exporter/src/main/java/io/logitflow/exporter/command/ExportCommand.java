package io.logitflow.exporter.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.StagedOutput;
import io.logitflow.contract.command.ByteSize;
import io.logitflow.exporter.bundle.BundleCalibration;
import io.logitflow.exporter.bundle.BundlePrecision;
import io.logitflow.exporter.bundle.BundleWriter;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.lowering.Precision;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.exporter.parity.ParityGate;
import io.logitflow.exporter.parity.ParityReport;
import io.logitflow.exporter.parity.PrecisionGate;
import io.logitflow.exporter.parity.TargetCalibration;
import io.logitflow.exporter.tabulation.PolicyTraits;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.checkpoint.Weights;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.reward.LogRewardTransform;
import io.logitflow.trainer.reward.Reward;
import io.logitflow.trainer.reward.Rewards;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
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

  @Option(
      names = "--form",
      paramLabel = "unrolled|incremental|loop",
      description =
          "How the rollout computes the steps that no table answers; the fastest that fits the model"
              + " and loads in seconds unless said.")
  private @Nullable RolloutForm form;

  @Option(
      names = "--precision",
      paramLabel = "fp32|fp16|int8",
      description =
          "What the hidden layers' products of rollout and decoding are computed in, fp32 unless"
              + " said. int8 is for CPUs and fp16 for GPUs: ONNX Runtime's CPU provider computes it"
              + " in fp32, no faster. Accepted if what is drawn stays within --divergence-bound.")
  private Precision precision = Precision.FP32;

  @Option(
      names = "--divergence-bound",
      paramLabel = "TV",
      description =
          "With fp16 or int8, the largest total variation between what is drawn and what the model"
              + " draws in fp32, at the ends and in the middle of the trained range of beta; above"
              + " 0, at most 1, 0.02 unless said. Of objects, exactly, if there are few enough"
              + " states; else of trajectories, an estimate with two standard errors added.")
  private @Nullable Double divergenceBound;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Directory of the config that the run was trained with, which its files are relative to."
              + " If given, 2,048 candidates at each of three betas are scored, and the manifest"
              + " says how far implied rewards are from true ones, which is printed, too.")
  private @Nullable Path dataDirectory;

  @Override
  public void run() {
    StagedOutput.requireAbsent(out);
    BundlePrecision bundlePrecision = bundlePrecision();
    TrainedModel model = TrainedModel.of(Checkpoint.load(checkpoint), weights);
    long budget = budget(model);
    requireForm(model);
    BundleWriter writer =
        new BundleWriter(
            ProducerVersion.read(), budget, Optional.ofNullable(form), bundlePrecision);
    if (dataDirectory == null) {
      writer.write(model, out, new ParityGate(model), BundleCalibration.NONE);
    } else {
      try (Reward reward = reward(model, dataDirectory)) {
        LogReward logReward =
            new LogReward(
                reward,
                new LogRewardTransform(model.config().logReward()),
                new ObjectText(model.environment()));
        writer.write(
            model,
            out,
            new ParityGate(model),
            new TargetCalibration(model.environment(), logReward));
      }
    }
    Bundle bundle = Bundle.open(out);
    String report = ParityReport.read(out.resolve(BundleFormat.PARITY_FILE)).summary();
    String equal =
        bundle.manifest().hasPrecision()
            ? ": equal to the trainer, but for P_F in " + precision.text() + ", in "
            : ": equal to the trainer in ";
    spec.commandLine().getOut().println(out + equal + report);
    spec.commandLine().getOut().println(out + ": " + RolloutSummary.of(bundle.manifest()));
    bundle.manifest().getCalibrationList().stream()
        .map(CalibrationLine::of)
        .forEach(line -> spec.commandLine().getOut().println(out + ": " + line));
    for (String line : PrecisionLines.of(bundle.manifest())) {
      spec.commandLine().getOut().println(out + ": " + line);
    }
  }

  private BundlePrecision bundlePrecision() {
    if (precision == Precision.FP32) {
      if (divergenceBound != null) {
        throw new InvalidInputException(
            "--divergence-bound", divergenceBound, "nothing without --precision fp16 or int8");
      }
      return BundlePrecision.FULL;
    }
    double bound = divergenceBound == null ? PrecisionGate.DEFAULT_BOUND : divergenceBound;
    if (!(bound > 0 && bound <= 1)) {
      throw new InvalidInputException("--divergence-bound", bound, "above 0, at most 1");
    }
    return new PrecisionGate(precision, bound);
  }

  private void requireForm(TrainedModel model) {
    if (form == null || form.fits(model.network(), model.environment())) {
      return;
    }
    throw new InvalidInputException(
        "--form",
        form.name().toLowerCase(Locale.ROOT),
        form == RolloutForm.LOOP
            ? "unrolled: a loop needs a second step, and an environment that says how steps repeat"
            : "unrolled: only where steps append to a string and the policy is an mlp without a window"
                + " or a table can its first layer grow step by step");
  }

  private static Reward reward(TrainedModel model, Path directory) {
    Reward reward = Rewards.create(model.config().reward(), directory, model.environment());
    if (!reward.fingerprint().equals(model.origin().rewardSha256())) {
      reward.close();
      throw new InvalidInputException(
          "--data-dir",
          directory + ", whose reward has SHA-256 \"" + reward.fingerprint() + "\"",
          "one with \"" + model.origin().rewardSha256() + "\", which the model was trained on");
    }
    return reward;
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
    if (tableBudget.bytes() > 0 && form == RolloutForm.LOOP) {
      throw new InvalidInputException(
          "--table-budget", tableBudget.bytes() + " bytes", "0, since a loop reads no table");
    }
    return tableBudget.bytes();
  }
}
