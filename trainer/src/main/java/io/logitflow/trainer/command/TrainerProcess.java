package io.logitflow.trainer.command;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The trainer's process: parses the command line and maps every failure to an exit code. */
@Command(name = "logitflow", subcommands = TrainCommand.class)
public final class TrainerProcess {
  private static final int INVALID_INPUT = 2;
  private static final int FAILED = 1;

  private TrainerProcess() {}

  /**
   * Runs a command and exits: 0 if it succeeded, 2 if the input is wrong, 1 if anything else is.
   *
   * @param arguments the command's name and its options
   */
  public static void main(String[] arguments) {
    int status =
        new CommandLine(new TrainerProcess())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler(TrainerProcess::refuse)
            .setExecutionExceptionHandler(TrainerProcess::report)
            .execute(arguments);
    System.exit(status);
  }

  private static int refuse(ParameterException failure, String[] arguments) {
    failure.getCommandLine().getErr().println(failure.getMessage());
    return INVALID_INPUT;
  }

  private static int report(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof LogitFlowException foreseen) {
      command.getErr().println(foreseen.getMessage());
      return foreseen.category() == Category.INVALID_INPUT ? INVALID_INPUT : FAILED;
    }
    command.getErr().println("train: failed unexpectedly: " + failure);
    return FAILED;
  }
}
