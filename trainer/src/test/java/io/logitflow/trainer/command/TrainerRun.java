package io.logitflow.trainer.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A command of the trainer that has run.
 *
 * @param status its exit status
 * @param output what it wrote to standard output
 * @param error what it wrote to standard error
 */
record TrainerRun(int status, String output, String error) {
  static final Path LAUNCHER = Path.of("..", "logitflow").toAbsolutePath().normalize();

  /**
   * Runs a command in this process, which spares the time that a process takes to start.
   *
   * @param arguments the command and its options
   */
  static TrainerRun here(Object... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
      int status =
          TrainerProcess.commandLine()
              .execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
      return new TrainerRun(
          status, output.toString(StandardCharsets.UTF_8), error.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /**
   * Runs a command behind the launcher to its end.
   *
   * @param folder takes up what it writes
   * @param arguments the command and its options
   */
  static TrainerRun of(Path folder, Object... arguments) throws Exception {
    return of(folder, builder(arguments));
  }

  /**
   * Runs a prepared command to its end.
   *
   * @param folder takes up what it writes
   * @param prepared the command
   */
  static TrainerRun of(Path folder, ProcessBuilder prepared) throws Exception {
    Path output = Files.createTempFile(folder, "output", "");
    Path error = Files.createTempFile(folder, "error", "");
    Process process =
        prepared.redirectOutput(output.toFile()).redirectError(error.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new TrainerRun(process.exitValue(), Files.readString(output), Files.readString(error));
  }

  /** Prepares a command that somebody else starts. */
  static ProcessBuilder builder(Object... arguments) {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command);
  }

  /** Returns the names in a directory, in order. */
  static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
