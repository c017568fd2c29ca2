package io.logitflow.exporter.command;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The exporter's process: the one place that maps a failure to a message and an exit code. */
@Command(
    name = "logitflow",
    subcommands = {ExportCommand.class, VerifyCommand.class})
public final class ExporterProcess {
  private static final int FAILED = 1;
  private static final int INVALID_INPUT = 2;

  private ExporterProcess() {}

  /**
   * Runs a command and exits with its code.
   *
   * @param arguments {@code export} or {@code verify} and its options
   */
  public static void main(String[] arguments) {
    System.exit(run(printer(System.out), printer(System.err), arguments));
  }

  /**
   * Runs a command.
   *
   * @param out what it found
   * @param err why it failed, a line for each fault
   * @param arguments {@code export} or {@code verify} and its options
   * @return 0 if it succeeded, 2 if the user's input was wrong, else 1
   */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(new ExporterProcess())
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler(
            (refused, all) -> {
              err.println(firstLine(refused));
              return INVALID_INPUT;
            })
        .setExecutionExceptionHandler((thrown, command, parsed) -> failed(thrown, err))
        .execute(arguments);
  }

  private static PrintWriter printer(PrintStream stream) {
    return new PrintWriter(stream, true, Charset.defaultCharset());
  }

  private static int failed(Exception thrown, PrintWriter err) {
    if (thrown instanceof LogitFlowException failure) {
      err.println(failure.getMessage());
      return failure.category() == Category.INVALID_INPUT ? INVALID_INPUT : FAILED;
    }
    err.println(
        "unexpected failure: "
            + thrown.getClass().getSimpleName()
            + " ("
            + firstLine(thrown)
            + ")");
    return FAILED;
  }

  private static String firstLine(Exception thrown) {
    return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
