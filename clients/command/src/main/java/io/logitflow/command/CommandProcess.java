package io.logitflow.command;

import io.logitflow.command.quickstart.QuickstartCommand;
import io.logitflow.command.sample.SampleCommand;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.Problem;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The main class of the command line: the one place of its process where a failure becomes an exit
 * code (0 done, 2 the user's input is wrong, 1 anything else) and a line on standard error.
 */
@Command(
    name = "./logitflow",
    description = "Temperature-conditional GFlowNets: train, export, serve, sample.",
    subcommands = {QuickstartCommand.class, SampleCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {"", "./logitflow COMMAND --help says more of one."})
public final class CommandProcess implements Runnable {
  private static final int INVALID_INPUT = 2;
  private static final int FAILED = 1;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    // The chart is drawn into a file, also where there is no screen.
    System.setProperty("java.awt.headless", "true");
    int exitCode;
    try {
      exitCode = commandLine().execute(arguments);
    } catch (Error e) {
      System.err.println(unexpected(e));
      exitCode = FAILED;
    }
    System.exit(exitCode);
  }

  /** Returns the commands with the handling of their failures. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new CommandProcess());
    commandLine.getCommandSpec().addOption(help());
    commandLine
        .getSubcommands()
        .values()
        .forEach(command -> command.getCommandSpec().addOption(help()));
    commandLine
        .getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> CommandList.text());
    return commandLine
        .setParameterExceptionHandler(CommandProcess::refuse)
        .setExecutionExceptionHandler(
            (failure, failedCommand, arguments) -> fail(failure, failedCommand));
  }

  private static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .type(boolean.class)
        .description("Prints this text.")
        .build();
  }

  /** Reports that no command was named. */
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        new Problem("command", "nothing", "one of " + CommandList.names()).toString());
  }

  private static int refuse(ParameterException fault, String[] arguments) {
    fault.getCommandLine().getErr().println(ArgumentFault.line(fault));
    return INVALID_INPUT;
  }

  private static int fail(Exception failure, CommandLine commandLine) {
    if (failure instanceof LogitFlowException foreseen) {
      commandLine.getErr().println(foreseen.getMessage());
      return foreseen.category() == Category.INVALID_INPUT ? INVALID_INPUT : FAILED;
    }
    commandLine.getErr().println(unexpected(failure));
    return FAILED;
  }

  private static String unexpected(Throwable failure) {
    return "unexpected failure: " + failure.toString().replaceAll("\\s+", " ");
  }
}
