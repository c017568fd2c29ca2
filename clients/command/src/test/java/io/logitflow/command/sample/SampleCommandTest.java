package io.logitflow.command.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.logitflow.command.UniformSampler;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
class SampleCommandTest {
  private final Path file;
  private final StringWriter err = new StringWriter();

  SampleCommandTest(@TempDir Path directory) {
    this.file = directory.resolve("out.csv");
  }

  @Test
  void writesAHeaderAndALineForEachCandidateOfEveryBeta() throws IOException {
    try (UniformSampler sampler = UniformSampler.start()) {
      sample(sampler, "--beta", "1,2.5", "--count", "1000", "--seed", "7");
    }

    List<String> lines = Files.readAllLines(file);
    assertThat(lines)
        .hasSize(2_001)
        .startsWith("row,beta,object,log_pf,log_pb,log_z,implied_log_reward,implied_score");
    assertThat(lines.get(1)).isEqualTo("0,1.0,AAAAAACT,-11.090355,0.5,2.0,-9.590355,0.018981066");
    assertThat(lines.get(2_000))
        .isEqualTo("1999,2.5,CGTTGAAA,-11.090355,0.5,5.0,-2.636142,0.19277292");
    assertThat(Files.readString(file)).doesNotContain("\r").endsWith("\n");
    assertThat(err.toString()).matches("seed 7, 2000 rows, [0-9]+ candidates/s\\R");
  }

  @Test
  void theSameSeedGivesTheSameBytesAndADrawnSeedIsTold() throws IOException {
    try (UniformSampler sampler = UniformSampler.start()) {
      sample(sampler, "--beta", "1", "--count", "50", "--seed", "99");
      byte[] seeded = Files.readAllBytes(file);
      Files.delete(file);
      err.getBuffer().setLength(0);
      sample(sampler, "--beta", "1", "--count", "50");

      assertThat(err.toString()).startsWith("seed 99, 50 rows, ");
      assertThat(file).hasBinaryContent(seeded);
    }
  }

  @Test
  void warnsOfEveryBetaOutsideTheTrainedRange() throws IOException {
    try (UniformSampler sampler = UniformSampler.start()) {
      sample(sampler, "--beta", "1,10,20", "--count", "2");
    }
    assertThat(err.toString().lines())
        .hasSize(3)
        .startsWith(
            "warning: beta 10.0 is extrapolated: the model was trained on 1.0 to 3.0",
            "warning: beta 20.0 is extrapolated: the model was trained on 1.0 to 3.0");
  }

  @Test
  void aServerThatGoesAwayLeavesNothingBehind() throws IOException {
    try (UniformSampler sampler = UniformSampler.failingAtRow(1_000)) {
      assertThatThrownBy(() -> sample(sampler, "--beta", "1", "--count", "5000"))
          .isInstanceOf(LogitFlowException.class)
          .hasMessage(sampler.target() + ": no sampler answers: stopping");
    }
    assertDirectoryEmpty();
  }

  @Test
  void whatTheServerRefusesIsTheUsersFault() throws IOException {
    try (UniformSampler sampler = UniformSampler.start()) {
      assertThatThrownBy(() -> sample(sampler, "--beta", "1", "--count", "0"))
          .hasMessage("count: found 0, expected 1 or more")
          .asInstanceOf(type(LogitFlowException.class))
          .extracting(LogitFlowException::category)
          .isEqualTo(Category.INVALID_INPUT);
    }
    assertDirectoryEmpty();
  }

  private void sample(UniformSampler sampler, String... arguments) {
    SampleCommand command = new SampleCommand();
    CommandLine commandLine = new CommandLine(command).setErr(new PrintWriter(err, true));
    String[] all = new String[arguments.length + 4];
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    all[0] = "--target";
    all[1] = sampler.target();
    all[2] = "--out";
    all[3] = file.toString();
    commandLine.parseArgs(all);
    assertThat(command.call()).isZero();
  }

  private void assertDirectoryEmpty() {
    assertThat(file.toAbsolutePath().getParent()).isEmptyDirectory();
  }
}
