package io.logitflow.contract.command;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The frame of a process that runs commands: the one place where a failure becomes an exit code (0
 * done, 2 the user's input is wrong, 1 anything else) and a line on standard error.
 */
public final class CommandLineProcess {
  private static final int INVALID_INPUT = 2;
  private static final int FAILED = 1;

  /** Held, since the log manager forgets levels of loggers that nobody holds. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private CommandLineProcess() {}

  /**
   * Frames the commands of a process, giving each {@code --help}.
   *
   * @param root the command above the commands that run
   * @param names the commands that a user may name, those of other processes included
   */
  public static CommandLine of(Object root, Collection<String> names) {
    CommandLine commands = new CommandLine(root);
    commands.getCommandSpec().name("./logitflow").addOption(help());
    addHelp(commands);
    ArgumentFault faults = new ArgumentFault(names);
    return commands
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(
            (refused, all) -> {
              say(refused.getCommandLine(), faults.line(refused));
              return INVALID_INPUT;
            })
        .setExecutionExceptionHandler((failure, command, parsed) -> fail(failure, command));
  }

  /**
   * Runs a command and ends the process with its exit code.
   *
   * @param commands the framed commands
   * @param arguments the command's name and its options
   */
  public static void run(CommandLine commands, String... arguments) {
    // Other stages read what is printed; numbers look alike on every machine.
    Locale.setDefault(Locale.ROOT);
    int status;
    try {
      status = commands.execute(arguments);
    } catch (Error e) {
      say(commands, unexpected(e));
      status = FAILED;
    }
    System.exit(status);
  }

  /**
   * Keeps gRPC from printing a stack trace of a name that does not resolve, for a process that
   * calls a service: the call fails as well, and its failure is told in one line.
   */
  public static void silenceGrpc() {
    GRPC.setLevel(Level.SEVERE);
  }

  private static void addHelp(CommandLine parent) {
    for (CommandLine command : parent.getSubcommands().values()) {
      command.getCommandSpec().addOption(help());
      addHelp(command);
    }
  }

  private static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .type(boolean.class)
        .description("Prints this text.")
        .build();
  }

  private static int fail(Exception failure, CommandLine command) {
    if (failure instanceof LogitFlowException foreseen) {
      say(command, String.valueOf(foreseen.getMessage()));
      return foreseen.category() == Category.INVALID_INPUT ? INVALID_INPUT : FAILED;
    }
    say(command, unexpected(failure));
    return FAILED;
  }

  private static String unexpected(Throwable failure) {
    return "unexpected failure: " + failure.toString().replaceAll("\\s+", " ");
  }

  private static void say(CommandLine command, String message) {
    PrintWriter err = command.getErr();
    err.println(message);
    err.flush();
  }
}
