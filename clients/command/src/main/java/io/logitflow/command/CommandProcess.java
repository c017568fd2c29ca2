package io.logitflow.command;

import io.logitflow.command.quickstart.QuickstartCommand;
import io.logitflow.command.sample.SampleCommand;
import io.logitflow.command.score.ScoreCommand;
import io.logitflow.contract.Problem;
import io.logitflow.contract.command.CommandLineProcess;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The main class of the command line: {@code sample}, {@code score}, {@code quickstart}, and the
 * list of all.
 */
@Command(
    name = "./logitflow",
    description = "Temperature-conditional GFlowNets: train, export, serve, sample.",
    subcommands = {QuickstartCommand.class, SampleCommand.class, ScoreCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {"", "./logitflow COMMAND --help says more of one."})
public final class CommandProcess implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    // The chart is drawn into a file, also where there is no screen.
    System.setProperty("java.awt.headless", "true");
    CommandLineProcess.silenceGrpc();
    CommandLineProcess.run(commandLine(), arguments);
  }

  /** Returns the commands with the handling of their failures. */
  static CommandLine commandLine() {
    CommandLine commandLine = CommandLineProcess.of(new CommandProcess(), CommandList.names());
    commandLine
        .getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> CommandList.text());
    return commandLine;
  }

  /** Reports that no command was named. */
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        new Problem("command", "nothing", "one of " + String.join(", ", CommandList.names()))
            .toString());
  }
}
