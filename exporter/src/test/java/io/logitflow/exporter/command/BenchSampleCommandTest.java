package io.logitflow.exporter.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is wrong with a command line; what is measured is in {@code SamplingBenchmarkTest}. */
class BenchSampleCommandTest {
  private final StringWriter err = new StringWriter();
  @TempDir private Path directory;

  @Test
  void saysWhatIsWrong() {
    assertThat(run("bench")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("bench: found nothing, expected train or sample");
    for (String block : new String[] {"0", "-1", "61", "NaN"}) {
      assertThat(run("bench", "sample", "--block=" + block)).isEqualTo(2);
      assertThat(err.toString())
          .isEqualToIgnoringNewLines(
              "--block: found " + Double.valueOf(block) + ", expected seconds above 0, to 60");
    }
    assertThat(run("bench", "sample", "--json", directory.toString())).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(directory + ": found a directory, expected a file's name");
  }

  private int run(String... arguments) {
    err.getBuffer().setLength(0);
    CommandLine commands = ExporterProcess.commandLine();
    commands.setErr(new PrintWriter(err, true));
    return commands.execute(arguments);
  }
}
