package io.logitflow.contract;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A virtual environment of Python under {@code target/}, for tests that look at what LogitFlow
 * writes from another language. It is made once; tests in several processes may share it.
 */
public final class PythonEnvironment {
  private static final int SECONDS = 90;

  private final Path python;

  private PythonEnvironment(Path python) {
    this.python = python;
  }

  /**
   * Opens an environment, installing it where it is missing; the test is skipped by name where that
   * fails.
   *
   * @param name of its folder under {@code target/}
   * @param packages what pip installs
   */
  public static PythonEnvironment with(String name, List<String> packages)
      throws IOException, InterruptedException {
    Path folder = Path.of("target", name).toAbsolutePath();
    Path python = folder.resolve("bin").resolve("python");
    Path log = folder.resolveSibling(name + ".log");
    try (FileChannel guard =
        FileChannel.open(
            Files.createDirectories(folder).resolve("lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      guard.lock();
      if (!Files.exists(folder.resolve("ready"))) {
        skipIf(packages, execute(log, List.of("python3", "-m", "venv", folder.toString())));
        List<String> install = new ArrayList<>(List.of(python.toString(), "-m", "pip", "install"));
        install.addAll(List.of("--quiet", "--disable-pip-version-check", "--no-compile"));
        install.addAll(List.of("--retries=0", "--timeout=5"));
        install.addAll(packages);
        skipIf(packages, execute(log, install));
        Files.createFile(folder.resolve("ready"));
      }
    }
    return new PythonEnvironment(python);
  }

  private static void skipIf(List<String> packages, String failure) {
    if (!failure.isEmpty()) {
      abort("needs python3 with " + String.join(" ", packages) + ": " + failure);
    }
  }

  /** Returns the interpreter. */
  public Path python() {
    return python;
  }

  /**
   * Runs a script to its end.
   *
   * @param output where its standard output goes
   * @param arguments the script's file and its arguments
   * @return why it failed, or nothing
   */
  public String run(Path output, Object... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(python.toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return execute(output, command);
  }

  private static String execute(Path output, List<String> command)
      throws IOException, InterruptedException {
    Path errors = output.resolveSibling(output.getFileName() + ".errors");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      return "took more than " + SECONDS + " seconds";
    }
    return process.exitValue() == 0 ? "" : Files.readString(errors);
  }
}
