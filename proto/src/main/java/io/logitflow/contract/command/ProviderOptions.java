package io.logitflow.contract.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that runs a rollout: the hardware that it runs on. */
public final class ProviderOptions {
  private enum Provider {
    CPU,
    CUDA
  }

  @Option(
      names = "--provider",
      paramLabel = "cpu|cuda",
      description =
          "Where the rollout runs, by default on the CPU; cuda is an NVIDIA GPU and takes a build"
              + " with CUDA. What is asked for and not there is refused.")
  private Provider provider = Provider.CPU;

  @Option(
      names = "--device",
      paramLabel = "N",
      description = "Of cuda: the number of the GPU (default: 0).")
  private @Nullable Integer device;

  @Option(
      names = "--memory-limit",
      paramLabel = "N[KiB|MiB|GiB]",
      converter = ByteSize.Converter.class,
      description =
          "Of cuda: the most of the GPU's memory that ONNX Runtime's arena takes (default: all).")
  private @Nullable ByteSize memoryLimit;

  @Option(
      names = "--tf32",
      description =
          "Of cuda: matrix products may round to TF32, which is faster and gives other candidates;"
              + " refused for bundles with tables or other large whole numbers in products.")
  private boolean tf32;

  /** Returns whether CUDA is asked for. */
  public boolean cuda() {
    return provider == Provider.CUDA;
  }

  /**
   * Returns what the options ask for.
   *
   * @param cpu the CPU
   * @param gpu makes a GPU of its options
   * @throws InvalidInputException if there are options of CUDA without it, or one is out of range
   */
  public <P> P choose(P cpu, CudaFactory<P> gpu) {
    List<Problem> problems = new ArrayList<>();
    if (!cuda()) {
      refuse(problems, "--device", device != null);
      refuse(problems, "--memory-limit", memoryLimit != null);
      refuse(problems, "--tf32", tf32);
    } else {
      if (device != null && device < 0) {
        problems.add(new Problem("--device", String.valueOf(device), "at least 0"));
      }
      if (memoryLimit != null && memoryLimit.bytes() < 1) {
        problems.add(
            new Problem("--memory-limit", String.valueOf(memoryLimit.bytes()), "at least 1"));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
    return cuda()
        ? gpu.of(
            device == null ? 0 : device,
            memoryLimit == null ? Long.MAX_VALUE : memoryLimit.bytes(),
            tf32)
        : cpu;
  }

  /**
   * Returns a refusal of the hardware with the option named that asked for it, or any other as it
   * is.
   *
   * @param refusal of what runs a rollout, which knows its provider and no options
   */
  public static InvalidInputException asGiven(InvalidInputException refusal) {
    return new InvalidInputException(
        refusal.problems().stream().map(ProviderOptions::asGiven).toList());
  }

  private static Problem asGiven(Problem problem) {
    return problem.subject().equals("provider")
        ? new Problem("--provider", problem.found(), problem.expected())
        : problem;
  }

  private static void refuse(List<Problem> problems, String option, boolean given) {
    if (given) {
      problems.add(new Problem(option, "the provider cpu", "--provider cuda beside it"));
    }
  }

  /**
   * Makes a provider of the options of CUDA.
   *
   * @param <P> the provider
   */
  @FunctionalInterface
  public interface CudaFactory<P> {
    /**
     * Makes it.
     *
     * @param device number of the GPU, at least 0
     * @param memoryLimitBytes at least 1; {@link Long#MAX_VALUE} for all there is
     * @param tf32 whether matrix products may round to TF32
     */
    P of(int device, long memoryLimitBytes, boolean tf32);
  }
}
