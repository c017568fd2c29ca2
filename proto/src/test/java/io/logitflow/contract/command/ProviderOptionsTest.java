package io.logitflow.contract.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

class ProviderOptionsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** A command that prints its provider. */
  @Command(name = "run")
  private static final class Run implements Runnable {
    @Mixin private ProviderOptions options = new ProviderOptions();
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      String chosen =
          options.choose(
              "cpu", (device, memory, tf32) -> "cuda " + device + " " + memory + " " + tf32);
      spec.commandLine().getOut().print(chosen);
    }
  }

  @Command(subcommands = Run.class)
  private static final class Root {}

  @Test
  void isTheCpuUnlessAskedForCuda() {
    assertThat(run()).isZero();
    assertThat(run("--provider", "cpu")).isZero();
    assertThat(out.toString()).isEqualTo("cpucpu");
  }

  @Test
  void takesTheFirstGpuAllOfItsMemoryAndNoTf32() {
    assertThat(run("--provider", "cuda")).isZero();
    assertThat(out.toString()).isEqualTo("cuda 0 " + Long.MAX_VALUE + " false");
  }

  @Test
  void hasOptionsOfCuda() {
    assertThat(run("--provider", "CUDA", "--device", "3", "--memory-limit", "2GiB", "--tf32"))
        .isZero();
    assertThat(out.toString()).isEqualTo("cuda 3 " + (2L << 30) + " true");
  }

  @Test
  void refusesThemWithoutIt() {
    assertThat(run("--device", "0", "--memory-limit", "1", "--tf32")).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            "--device: found the provider cpu, expected --provider cuda beside it",
            "--memory-limit: found the provider cpu, expected --provider cuda beside it",
            "--tf32: found the provider cpu, expected --provider cuda beside it");
  }

  @Test
  void refusesWhatIsNone() {
    assertThat(run("--provider", "rocm")).isEqualTo(2);
    assertThat(run("--provider", "cuda", "--device", "-1", "--memory-limit", "0")).isEqualTo(2);
    assertThat(run("--provider", "cuda", "--memory-limit", "much")).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            "--provider: found rocm, expected cpu|cuda",
            "--device: found -1, expected at least 0",
            "--memory-limit: found 0, expected at least 1",
            "--memory-limit: found much, expected N[KiB|MiB|GiB]");
  }

  @Test
  void namesTheOptionThatAskedForTheHardware() {
    InvalidInputException refusal =
        new InvalidInputException(
            List.of(
                new Problem("provider", "cuda, which is not there", "cpu"),
                new Problem("the provider", "a", "b")));
    assertThat(ProviderOptions.asGiven(refusal))
        .hasMessage(
            "--provider: found cuda, which is not there, expected cpu\nthe provider: found a,"
                + " expected b");
  }

  private int run(String... options) {
    CommandLine commands = CommandLineProcess.of(new Root(), List.of("run"));
    commands.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    String[] arguments = new String[options.length + 1];
    arguments[0] = "run";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return commands.execute(arguments);
  }
}
