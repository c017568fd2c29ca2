package io.logitflow.command.quickstart;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs the tool's other commands through the {@code logitflow} script, and prints each as the
 * reader would type it where she stands.
 */
final class Launcher {
  /** Names the script; the script itself sets it. */
  static final String PROPERTY = "logitflow.launcher";

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,+@%-]+");

  private final Path script;
  private final Path workingDirectory;
  private final PrintWriter out;

  /**
   * Creates a launcher.
   *
   * @param script the {@code logitflow} script
   * @param workingDirectory where commands run, and where shown paths start
   * @param out where commands are shown
   */
  Launcher(Path script, Path workingDirectory, PrintWriter out) {
    this.script = script.toAbsolutePath().normalize();
    this.workingDirectory = workingDirectory.toAbsolutePath().normalize();
    this.out = out;
  }

  /**
   * Returns the launcher that started this process.
   *
   * @throws LogitFlowException if another program did
   */
  static Launcher ofThisProcess(PrintWriter out) {
    String script = System.getProperty(PROPERTY);
    if (script == null) {
      throw new LogitFlowException(
          Category.FAILED,
          "quickstart: started without its script, expected ./logitflow quickstart");
    }
    return new Launcher(Path.of(script), Path.of(""), out);
  }

  /** Returns a file of the repository as it is named from the working directory. */
  Path repositoryFile(String path) {
    return workingDirectory.relativize(script.resolveSibling(path));
  }

  /**
   * Runs a command to its end; what it prints, the reader sees.
   *
   * @throws LogitFlowException if it ends with another exit code than 0
   */
  void run(List<String> arguments) {
    String command = show(arguments);
    try (ChildProcess child = ChildProcess.start(command, builder(arguments).inheritIO())) {
      int exitCode = child.exitCode();
      if (exitCode != 0) {
        throw child.failure("failed with exit code " + exitCode);
      }
    }
  }

  /**
   * Runs a command out of sight, to learn whether it takes its arguments.
   *
   * @throws LogitFlowException if it ends with another exit code than 0; its message is what the
   *     command said of the fault
   */
  void check(List<String> arguments) {
    ProcessBuilder builder = builder(arguments).redirectErrorStream(true);
    try (ChildProcess child = ChildProcess.start(commandLine(arguments), builder)) {
      String said = child.text();
      int exitCode = child.exitCode();
      if (exitCode != 0) {
        throw new LogitFlowException(
            exitCode == 2 ? Category.INVALID_INPUT : Category.FAILED, said.strip());
      }
    }
  }

  /**
   * Starts a server and waits until it serves.
   *
   * @return the server, to be closed
   * @throws LogitFlowException if it ends before
   */
  RunningServer serve(List<String> arguments) {
    String command = show(arguments);
    ProcessBuilder builder =
        builder(arguments).redirectInput(Redirect.INHERIT).redirectError(Redirect.INHERIT);
    return RunningServer.await(ChildProcess.start(command, builder), out);
  }

  /** Returns a command in the form in which a shell reads it. */
  String commandLine(List<String> arguments) {
    Path relative = workingDirectory.relativize(script);
    String name = relative.getNameCount() == 1 ? "./" + relative : relative.toString();
    return quoted(name)
        + arguments.stream().map(Launcher::quoted).collect(Collectors.joining(" ", " ", ""));
  }

  private String show(List<String> arguments) {
    String command = commandLine(arguments);
    out.println();
    out.println("$ " + command);
    out.flush();
    return command;
  }

  private ProcessBuilder builder(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(script.toString());
    command.addAll(arguments);
    return new ProcessBuilder(command).directory(workingDirectory.toFile());
  }

  private static String quoted(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
