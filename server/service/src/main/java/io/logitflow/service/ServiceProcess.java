package io.logitflow.service;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The server's process: the one place that maps a failure to a message and an exit code. */
@Command(name = "logitflow", subcommands = ServeCommand.class)
public final class ServiceProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceProcess.class);
  private static final int INVALID_INPUT = 2;
  private static final int FAILED = 1;

  private ServiceProcess() {}

  /**
   * Runs the command.
   *
   * @param arguments {@code serve} and its options
   */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) {
    return new CommandLine(new ServiceProcess())
        .setParameterExceptionHandler(
            (refused, all) -> {
              say(refused.getCommandLine(), String.valueOf(refused.getMessage()));
              return INVALID_INPUT;
            })
        .setExecutionExceptionHandler((thrown, command, parsed) -> failed(thrown, command))
        .execute(arguments);
  }

  private static int failed(Exception thrown, CommandLine command) {
    if (thrown instanceof LogitFlowException failure) {
      say(command, String.valueOf(failure.getMessage()));
      return failure.category() == Category.INVALID_INPUT ? INVALID_INPUT : FAILED;
    }
    LOG.error("unexpected failure", thrown);
    return FAILED;
  }

  private static void say(CommandLine command, String message) {
    PrintWriter err = command.getErr();
    err.println(message);
    err.flush();
  }
}
