package io.logitflow.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every command that README.md shows works as it stands there, in that order, with a training run
 * cut short and its files in a directory of the test.
 */
@Timeout(300)
class ReadmeIT {
  private static final MarkdownFile README = MarkdownFile.read("README.md");
  private static final String DIRECTORY = "tfbind8/";
  private static final String PORT = "50051";
  private static final Pattern SERVING = Pattern.compile("Serving .+ on 127\\.0\\.0\\.1:[0-9]+");

  /** Commands that run elsewhere: QuickstartIT, .ci/run and the launcher when it builds. */
  private static final Set<String> RUN_ELSEWHERE =
      Set.of("./logitflow quickstart", "mvn -B verify", "mvn -q -B -DskipTests package");

  private static final List<String> SHORT =
      List.of(
          "--set=training.batch=32",
          "--set=policy.hidden_widths=[16]",
          "--set=evaluation.samples=500");

  private final List<Process> servers = new ArrayList<>();

  @AfterEach
  void endServers() throws InterruptedException {
    for (Process server : servers) {
      server.destroy();
      server.waitFor();
    }
  }

  @Test
  void theCommandsWorkInTheirOrder(@TempDir Path directory) throws Exception {
    String port = freePort();
    List<String> ran = new ArrayList<>();
    for (String command : README.linesIn("sh")) {
      if (RUN_ELSEWHERE.contains(command)) {
        continue;
      }
      assertThat(command).startsWith("./logitflow ");
      List<String> arguments = arguments(command, directory, port, ran);
      ran.add(arguments.get(0));
      if (arguments.get(0).equals("serve")) {
        servers.add(serve(arguments));
      } else {
        CommandRun run = CommandRun.logitflow(arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(command + "\n" + run.err()).isZero();
      }
    }
    assertThat(ran).containsSubsequence("train", "export", "verify", "serve", "sample", "train");
    assertThat(Files.readAllLines(directory.resolve("candidates.csv"))).hasSize(30_001);
    assertThat(directory.resolve("checkpoint/round-000000020")).isDirectory();
    assertThat(directory.resolve("checkpoint/round-000000030")).isDirectory();
    assertThat(directory.resolve("bundle")).isDirectoryContaining("glob:**/rollout.onnx");
  }

  @Test
  void theCommandsThatRunElsewhereAreThoseThatRunThere() throws IOException {
    assertThat(README.linesIn("sh")).containsAll(RUN_ELSEWHERE);
    assertThat(CommandRun.REPOSITORY.resolve(".ci/run")).content().contains("mvn -B verify\n");
    assertThat(CommandRun.REPOSITORY.resolve("logitflow"))
        .content()
        .contains("mvn -q -B -DskipTests package");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quickstart",
        "train",
        "evaluate",
        "compare",
        "reproduce",
        "config",
        "export",
        "verify",
        "inspect",
        "serve",
        "sample",
        "score",
        "bench train",
        "bench sample"
      })
  void everyOptionIsInTheTableOfItsCommand(String command) throws Exception {
    CommandRun help = CommandRun.logitflow((command + " --help").split(" ", -1));
    assertThat(help.exitCode()).isZero();
    Set<String> options = new TreeSet<>();
    Pattern.compile("(?m)^ +(?:-\\w, )?(--[a-z0-9-]+)")
        .matcher(help.out())
        .results()
        .forEach(option -> options.add(option.group(1)));
    options.removeAll(Set.of("--help", "--version"));
    assertThat(options).isNotEmpty();
    assertThat(optionsInReadme(command)).isEqualTo(options);
  }

  /** Returns the options of the table's rows from a command's first to the next command's. */
  private static Set<String> optionsInReadme(String command) {
    Set<String> options = new TreeSet<>();
    String current = "";
    List<String> table =
        README
            .text()
            .lines()
            .dropWhile(line -> !line.startsWith("| command | option |"))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    for (String row : table) {
      String[] cells = row.split("\\|", -1);
      current = cells[1].isBlank() ? current : cells[1].strip().replace("`", "");
      if (current.equals(command)) {
        options.add(cells[2].strip().replace("`", "").split(" ", -1)[0]);
      }
    }
    return options;
  }

  private static List<String> arguments(
      String command, Path directory, String port, List<String> ran) {
    List<String> arguments = new ArrayList<>();
    Stream.of(command.split(" ", -1))
        .skip(1)
        .map(word -> word.startsWith(DIRECTORY) ? directory + word.substring(7) : word)
        .map(word -> word.equals(PORT) ? port : word.replace(":" + PORT, ":" + port))
        .forEach(arguments::add);
    if (arguments.get(0).equals("train") && arguments.contains("--out")) {
      arguments.addAll(SHORT);
      // The last of several settings of one key holds.
      arguments.add("--set=training.rounds=" + (ran.contains("train") ? 30 : 20));
    }
    return arguments;
  }

  private static Process serve(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(CommandRun.REPOSITORY.resolve("logitflow").toString());
    command.addAll(arguments);
    Process server =
        new ProcessBuilder(command)
            .directory(CommandRun.REPOSITORY.toFile())
            .redirectErrorStream(true)
            .start();
    BufferedReader output = server.inputReader();
    assertThat(output.readLine()).matches(SERVING);
    return server;
  }

  private static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return String.valueOf(socket.getLocalPort());
    }
  }
}
