package io.logitflow.trainer.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.LoadedConfig;
import io.logitflow.trainer.policy.ComputeDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code train}: trains a temperature-conditional GFlowNet and evaluates it. */
@Command(
    name = "train",
    description = "Trains a temperature-conditional GFlowNet from a config and evaluates it.",
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "Configuration, YAML. Paths in it are relative to it.")
  private Path config = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Directory of checkpoints and evaluation.json, required but for --print-config; must not exist yet, or hold no more than"
              + " what a run left that ended before its first checkpoint.")
  private @Nullable Path out;

  @Option(
      names = "--resume",
      description =
          "Go on from the newest checkpoint in --out, at round 0 if there is none. Only"
              + " training.rounds may differ from the checkpoint's config, and of a reward service"
              + " reward.target, deadline_seconds, attempts and concurrency.")
  private boolean resume;

  @Option(
      names = "--init-from",
      paramLabel = "DIR",
      description =
          "Directory of another run: start from the last parameters of its newest checkpoint, on"
              + " the same environment and encoding of beta; optimiser, replay and rounds start anew. With"
              + " --resume only to say again what the run started from.")
  private @Nullable Path source;

  @Option(
      names = "--device",
      paramLabel = "cpu|gpu",
      description =
          "Where to compute, by default on the CPU; gpu is the first NVIDIA GPU and takes a build"
              + " with CUDA. A run goes on to the same bits on the CPU alone.")
  private ComputeDevice device = ComputeDevice.CPU;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Set one value of the config, such as training.rounds=400. A section's type alone keeps"
              + " the values of keys that the new type has too. May be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Option(names = "--print-config", description = "Print every effective value and exit.")
  private boolean printConfig;

  @Override
  public Integer call() {
    LoadedConfig loaded = ConfigLoader.load(config, overrides);
    if (printConfig) {
      spec.commandLine().getOut().print(ConfigLoader.toYaml(loaded.config()));
      spec.commandLine().getOut().flush();
      return 0;
    }
    if (out == null) {
      throw new InvalidInputException("--out", "nothing", "a directory for the checkpoints");
    }
    new TrainingRun(loaded, out, resume, source, device).run();
    return 0;
  }
}
