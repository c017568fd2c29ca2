package io.logitflow.trainer.command;

import io.logitflow.contract.command.CommandLineProcess;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The trainer's process: {@code train}, {@code evaluate}, {@code compare}, {@code reproduce},
 * {@code config}, {@code bench train}.
 */
@Command(
    subcommands = {
      TrainCommand.class,
      EvaluateCommand.class,
      CompareCommand.class,
      ReproduceCommand.class,
      ConfigCommand.class,
      BenchCommand.class
    })
public final class TrainerProcess {
  private TrainerProcess() {}

  /**
   * Runs the command and ends the process with its exit code.
   *
   * @param arguments the command's name and its options
   */
  public static void main(String[] arguments) {
    // Charts are drawn into files, also where there is no screen.
    System.setProperty("java.awt.headless", "true");
    CommandLineProcess.silenceGrpc();
    CommandLineProcess.run(commandLine(), arguments);
  }

  /** Returns the commands, as the process runs them. */
  static CommandLine commandLine() {
    return CommandLineProcess.of(
        new TrainerProcess(),
        List.of("train", "evaluate", "compare", "reproduce", "config", "bench"));
  }
}
