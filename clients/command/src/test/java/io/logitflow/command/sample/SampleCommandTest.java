package io.logitflow.command.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.logitflow.client.BlockStream;
import io.logitflow.client.RewardTransform;
import io.logitflow.client.SampleQuery;
import io.logitflow.client.SamplerClient;
import io.logitflow.command.UniformSampler;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.v1.Column;
import io.logitflow.v1.SampleSummary;
import io.logitflow.v1.SampleSummary.StopReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
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
  void anImpliedRewardThatIsNotFiniteIsAnEmptyField() throws IOException {
    try (UniformSampler sampler = UniformSampler.start()) {
      sample(sampler, "--beta", "1e-38,1", "--count", "2");
    }
    assertThat(Files.readAllLines(file).get(1)).endsWith(",-11.090355,0.5,1.9999999E-38,,");
    assertThat(Files.readAllLines(file).get(3)).endsWith(",-9.590355,0.018981066");
    assertThat(err.toString().lines())
        .contains(
            "warning: 2 of the 4 rows have no finite implied log reward: it and the score are"
                + " empty")
        .noneMatch(line -> line.contains("implied score"));
  }

  @Test
  void saysWhyItStoppedDrawingDistinctObjects() {
    SampleSummary.Builder summary = SampleSummary.newBuilder().setUnique(5).setDraws(20);
    assertThat(SampleCommand.told(summary.setStopReason(StopReason.ENOUGH).build()))
        .isEqualTo("5 distinct objects in 20 draws: enough");
    assertThat(SampleCommand.told(summary.setStopReason(StopReason.BUDGET).build()))
        .isEqualTo("5 distinct objects in 20 draws: no more draws allowed");
  }

  @Test
  void aScoreBeyondTheFloatsIsAnEmptyField() throws IOException {
    List<Column> columns = CandidateCsv.columns(true);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (UniformSampler sampler = UniformSampler.start();
        SamplerClient client = SamplerClient.connect(sampler.target());
        BlockStream blocks =
            client.sampleBlocks(
                SampleQuery.of(1, 3f).withSeed(7).withColumns(columns.toArray(Column[]::new)))) {
      // exp(89) is above the largest float.
      RewardTransform steep = new RewardTransform(1e-9, 1 / 89.0, Math.exp(-2.863452 - 1));
      CandidateCsv csv = new CandidateCsv(text, columns, steep);
      csv.write(blocks.next());
      csv.flush();
      assertThat(csv.warnings())
          .containsExactly("warning: 1 of the 1 rows have no finite implied score: it is empty");
    }
    assertThat(text.toString(StandardCharsets.UTF_8))
        .endsWith("0,3.0,AAAAAACT,-11.090355,0.5,6.0,-1.8634516,\n");
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
          .hasMessage("--count: found 0, expected 1 or more")
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
