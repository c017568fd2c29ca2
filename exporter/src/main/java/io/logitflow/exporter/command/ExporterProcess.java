package io.logitflow.exporter.command;

import io.logitflow.contract.command.CommandLineProcess;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The exporter's process: {@code export}, {@code verify}, {@code inspect} and {@code bench sample}.
 */
@Command(
    subcommands = {
      ExportCommand.class,
      VerifyCommand.class,
      InspectCommand.class,
      BenchCommand.class
    })
public final class ExporterProcess {
  private ExporterProcess() {}

  /**
   * Runs a command and ends the process with its exit code.
   *
   * @param arguments the command and its options
   */
  public static void main(String[] arguments) {
    CommandLineProcess.run(commandLine(), arguments);
  }

  /** Returns the commands with the handling of their failures. */
  static CommandLine commandLine() {
    return CommandLineProcess.of(
        new ExporterProcess(), List.of("export", "verify", "inspect", "bench"));
  }
}
