package io.logitflow.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A command that ran as a process of its own, to its end.
 *
 * @param exitCode how it ended
 * @param out what it printed
 * @param err what it said
 */
public record CommandRun(int exitCode, String out, String err) {
  /** The repository, seen from the module in which tests run. */
  public static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();

  /** Runs {@code ./logitflow} in the root of the repository. */
  public static CommandRun logitflow(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(REPOSITORY.resolve("logitflow").toString()));
    command.addAll(List.of(arguments));
    return of(new ProcessBuilder(command).directory(REPOSITORY.toFile()));
  }

  /** Runs a process. */
  public static CommandRun of(ProcessBuilder builder) throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", ".txt");
    Path err = Files.createTempFile("err", ".txt");
    try {
      int exitCode =
          builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
      return new CommandRun(exitCode, Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
