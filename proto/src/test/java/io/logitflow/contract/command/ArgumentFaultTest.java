package io.logitflow.contract.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

class ArgumentFaultTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** A command that prints what it was given. */
  @Command(name = "run")
  private static final class Run implements Runnable {
    @Spec private CommandSpec spec;

    @Option(
        names = "--beta",
        required = true,
        split = ",",
        preprocessor = CommaSeparated.class,
        converter = BetaConverter.class,
        paramLabel = "B")
    private float[] betas;

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "Directories of runs.")
    private List<String> runs = new ArrayList<>();

    @Override
    public void run() {
      for (float beta : betas) {
        spec.commandLine().getOut().print(beta + " ");
      }
      spec.commandLine().getOut().print(runs);
    }
  }

  @Command(subcommands = Run.class)
  private static final class Root {}

  @Test
  void takesListsOfWhatAFloatHolds() {
    assertThat(run("--beta", "1e-45,3.4028235e38,2.5", "a", "b")).isZero();
    assertThat(out.toString()).isEqualTo("1.4E-45 3.4028235E38 2.5 [a, b]");
  }

  @ParameterizedTest
  @CsvSource({"1e39", "1e-60", "-1", "0", "Infinity", "NaN"})
  void showsABetaThatNoFloatHoldsAsItWasWritten(String beta) {
    assertThat(run("--beta=2," + beta, "a")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "--beta: found "
                + beta
                + ", expected a number above 0 that 32 bits hold, 1.4e-45 to 3.4e38"
                + System.lineSeparator());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"1,", ",1", "1,,2", ",", "1, ,2"})
  void refusesAListWithNothingAtAComma(String list) {
    for (String[] arguments : new String[][] {{"a", "--beta=" + list}, {"a", "--beta", list}}) {
      err.getBuffer().setLength(0);
      assertThat(run(arguments)).isEqualTo(2);
      assertThat(err)
          .hasToString(
              "--beta: found \""
                  + list
                  + "\", expected a number before and after each comma"
                  + System.lineSeparator());
    }
  }

  @Test
  void saysInWordsWhatIsMissing() {
    assertThat(run("--beta", "1")).isEqualTo(2);
    assertThat(run("a")).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            "RUN: found nothing, expected directories of runs",
            "--beta: found nothing, expected B",
            "--beta: found nothing, expected B",
            "RUN: found nothing, expected directories of runs");
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(List.of(arguments));
    return CommandLineProcess.of(new Root(), List.of("run"))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }
}
