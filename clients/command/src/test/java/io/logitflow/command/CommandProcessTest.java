package io.logitflow.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandProcessTest {
  private static final String COMMANDS =
      "quickstart, train, evaluate, compare, reproduce, config, export, verify, inspect, serve,"
          + " sample, score, bench";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpListsEveryCommandOfTheToolInOneLineEach() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString().lines().filter(line -> line.startsWith("  ") && !line.contains("-h")))
        .containsExactly(
            "  quickstart  Trains, exports, serves and samples the TFBind8 example; shows the result.",
            "  train       Trains a model from a configuration; writes a checkpoint.",
            "  evaluate    Measures how close a checkpoint's model is to its target.",
            "  compare     Shows several training runs on the same axes.",
            "  reproduce   Trains a published experiment's variants; writes a page of results.",
            "  config      Prints the JSON Schema of configurations, for editors.",
            "  export      Turns a checkpoint into a bundle of ONNX files.",
            "  verify      Checks a bundle, and against its checkpoint if that is given.",
            "  inspect     Shows what the graphs of a bundle are made of.",
            "  serve       Serves a bundle over gRPC.",
            "  sample      Draws candidates from a running server, as CSV.",
            "  score       Asks a running server how probable given objects are, as CSV.",
            "  bench       Measures how fast a stage is: bench train, bench sample.");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void everyCommandOfThisProcessIsInTheListAndHasHelp() {
    for (String name : CommandProcess.commandLine().getSubcommands().keySet()) {
      assertThat(COMMANDS.split(", ")).contains(name);
      assertThat(run(name, "--help")).isZero();
      assertThat(out.toString()).contains("Usage: ./logitflow " + name + " ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | command: found nothing, expected one of " + COMMANDS,
        "smaple | command: found smaple, expected one of " + COMMANDS,
        "--bogus | --bogus: found an unknown option, expected an option that ./logitflow --help"
            + " lists",
        "sample | --target, --beta, --count: found nothing, expected HOST:PORT, B, N",
        "sample --target h:1 --beta 1,x --count 1 | --beta: found x, expected a number",
        "sample --target h:1 --beta 1 --count 1.5 | --count: found 1.5, expected a whole number of"
            + " up to 64 bits",
        "sample --target h:1 --beta 1 --count | --count: found nothing, expected N",
        "sample --target h:1 --beta 1 --count 1 --seed x | --seed: found x, expected a whole number"
            + " of up to 64 bits",
        "sample --target h:1 --beta 1, --count 1 | --beta: found \"1,\", expected a number before and"
            + " after each comma",
        "score --target h:1 --objects - --beta 1e39 | --beta: found 1e39, expected a number above 0"
            + " that 32 bits hold, 1.4e-45 to 3.4e38",
        "sample --target h:1 --beta 1 --count 1 --allow-at-step 1 | --allow-at-step: found \"1\","
            + " expected STEP=TOKENS, such as 1=AC",
        "sample --target h:1 --beta 1 --count 1 --allow-at-position x=A | --allow-at-position: found"
            + " \"x=A\", expected POSITION=TOKENS, such as 1=AC",
        "sample --target h:1 --beta 1 --count 1 --sed 1 | --sed: found an unknown option, expected"
            + " an option that ./logitflow sample --help lists",
        "sample --target h:1 --beta 1 --count 1 2 | ./logitflow sample: found 2, expected nothing"
            + " there",
        "sample --target h:1 --beta 1 --count 1 --count 2 | --count: found more than one, expected"
            + " one",
        "score | --target, --objects, --beta: found nothing, expected HOST:PORT, FILE.csv, B",
        "score --target h:1 --objects - --beta 1 --trajectories x | --trajectories: found x,"
            + " expected a whole number of up to 32 bits",
        "sample --target h --beta 1 --count 1 | --target: found h, expected HOST:PORT with a port"
            + " from 1 to 65535",
      })
  void refusesWrongArgumentsInOneLineWithExitCode2(String arguments, String message) {
    assertThat(run(arguments.isEmpty() ? new String[0] : arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactly(message);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aFileThatExistsIsRefusedWithExitCode2(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("old.csv"), "mine");

    int exitCode =
        run("sample", "--target", "h:1", "--beta", "1", "--count", "1", "--out", file.toString());

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            file + ": found something of that name, expected a name that is not taken");
    assertThat(file).hasContent("mine");
  }

  @Test
  void anUnforeseenFailureIsOneLineWithExitCode1() {
    CommandLine commandLine = CommandProcess.commandLine();
    commandLine.addSubcommand("broken", new Broken());
    commandLine.setErr(new PrintWriter(err, true));

    assertThat(commandLine.execute("broken")).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly("unexpected failure: java.lang.IllegalStateException: two lines");
  }

  private int run(String... arguments) {
    return CommandProcess.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @CommandLine.Command
  private static final class Broken implements Runnable {
    @Override
    public void run() {
      throw new IllegalStateException("two\nlines");
    }
  }
}
