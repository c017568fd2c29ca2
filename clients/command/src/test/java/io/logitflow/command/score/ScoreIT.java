package io.logitflow.command.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.command.CommandRun;
import io.logitflow.command.UniformSampler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process, asking a server whose model has every string at the probability 4^-8. */
@Timeout(60)
class ScoreIT {
  private static final String SCORES =
      """
      object,beta,log_p,standard_error
      ACGTACGT,1.0,-11.090355,0.0
      TTTTTTTT,1.0,-11.090355,0.0
      ACGTACGT,10.0,-11.090355,0.0
      TTTTTTTT,10.0,-11.090355,0.0
      """;

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void writeObjects() throws Exception {
    file =
        Files.writeString(directory.resolve("objects.csv"), "row,object\n0,ACGTACGT\n1,TTTTTTTT\n");
  }

  @Test
  void scoresTheColumnOfAFileOrOfStandardInput() throws Exception {
    try (UniformSampler sampler = UniformSampler.start()) {
      CommandRun ofFile = score(sampler.target(), file.toString(), "1,10");
      assertThat(ofFile.exitCode()).as(ofFile.err()).isZero();
      assertThat(ofFile.out()).isEqualTo(SCORES);
      assertThat(ofFile.err())
          .isEqualTo(
              "warning: beta 10.0 is extrapolated: the model was trained on 1.0 to 3.0\nexact\n");

      Process piped =
          new ProcessBuilder(
                  CommandRun.REPOSITORY.resolve("logitflow").toString(),
                  "score",
                  "--target",
                  sampler.target(),
                  "--objects",
                  "-",
                  "--beta",
                  "1,10")
              .redirectInput(file.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertThat(new String(piped.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(SCORES);
      assertThat(piped.waitFor()).isZero();
    }
  }

  @Test
  void namesTheObjectThatIsNone() throws Exception {
    Files.writeString(file, "object\nACGTACGT\nACGU\nACGTACGU\n");
    try (UniformSampler sampler = UniformSampler.start()) {
      CommandRun run = score(sampler.target(), file.toString(), "1");
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err())
          .isEqualTo(
              """
              %1$s:3: found "ACGU", expected 8 tokens
              %1$s:4: found "ACGTACGU", expected tokens of the model, of which "U" is none
              """
                  .formatted(file));
    }
  }

  @Test
  void refusesAFileWithoutObjects() throws Exception {
    Files.writeString(file, "text\nACGTACGT\n");
    CommandRun other = score("127.0.0.1:1", file.toString(), "1");
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).isEqualTo(file + ": found columns [text], expected a column object\n");

    Files.writeString(file, "object\n");
    assertThat(score("127.0.0.1:1", file.toString(), "1").err())
        .isEqualTo(file + ": found no objects, expected a header and a line for each object\n");

    Path missing = directory.resolve("missing.csv");
    assertThat(score("127.0.0.1:1", missing.toString(), "1").err())
        .isEqualTo(missing + ": found no such file, expected a CSV file\n");
    assertThat(score("127.0.0.1:1", directory.toString(), "1").err())
        .isEqualTo(directory + ": found a directory, expected a CSV file\n");
  }

  @Test
  void refusesWhatIsNoCsv() throws Exception {
    for (String text : new String[] {"a,object\n1,AAA\n2\n", "object\n\"ACGT\n"}) {
      Files.writeString(file, text);
      CommandRun run = score("127.0.0.1:1", file.toString(), "1");
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err().lines()).hasSize(1);
      assertThat(run.err())
          .startsWith(file + ": found text that is no CSV (")
          .endsWith("), expected a CSV file\n");
    }
  }

  private static CommandRun score(String target, String objects, String betas) throws Exception {
    return CommandRun.logitflow("score", "--target", target, "--objects", objects, "--beta", betas);
  }
}
