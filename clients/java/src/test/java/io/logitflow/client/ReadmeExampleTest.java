package io.logitflow.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.v1.Column;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of the client in README.md compiles and runs as it stands there. */
@Timeout(60)
class ReadmeExampleTest {
  private static final Path SOURCE =
      Path.of("src/test/java/io/logitflow/client/ReadmeExampleTest.java");
  private static final Path README = Path.of("../../README.md");

  @Test
  void printsTheCandidatesOfEveryBeta() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (LoopbackSampler sampler =
        LoopbackSampler.honest(LoopbackSampler.model("A", "C", "G", "T"))) {
      example(sampler.target(), new PrintStream(printed, true, StandardCharsets.UTF_8));
    }
    // Numbers are written as the locale has them.
    assertThat(printed.toString(StandardCharsets.UTF_8).replace(',', '.').lines())
        .hasSize(200)
        .startsWith("A at beta 1.0: 0.400", "CG at beta 1.0: 1.400")
        .endsWith("CGT at beta 3.0: 197.400", "G at beta 3.0: 198.400", "TA at beta 3.0: 199.400");
  }

  @Test
  void standsInTheReadme() throws Exception {
    String source = Files.readString(SOURCE);
    String example =
        source
            .substring(source.indexOf("// begin\n") + 9, source.indexOf("\n    // end\n"))
            .stripIndent();
    assertThat(README).content().contains("```java\n" + example + "\n```\n");
  }

  @Test
  void printsTheScores() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (LoopbackScorer sampler = LoopbackScorer.start("ACGT", true)) {
      scoring(sampler.target(), new PrintStream(printed, true, StandardCharsets.UTF_8));
    }
    assertThat(printed.toString(StandardCharsets.UTF_8).replace(',', '.').lines())
        .containsExactly("log p of ACG at beta 3: -3.000 (standard error 0.000)");
    String source = Files.readString(SOURCE);
    String example =
        source
            .substring(
                source.indexOf("// begin scoring\n") + 17, source.indexOf("\n    // end scoring\n"))
            .stripIndent();
    assertThat(README).content().contains("```java\n" + example + "\n```\n");
  }

  private static void scoring(String target, PrintStream out) {
    // begin scoring
    ScoreQuery query = ScoreQuery.of(List.of("ACG", "TTT"), 1f, 3f);
    try (SamplerClient client = SamplerClient.connect(target)) {
      Scores scores = client.score(query);
      out.printf(
          "log p of %s at beta 3: %.3f (standard error %.3f)%n",
          query.objects().get(0), scores.logP(1, 0), scores.standardError(1, 0));
    }
    // end scoring
  }

  private static void example(String target, PrintStream out) {
    // begin
    SampleQuery query =
        SampleQuery.of(100, 1f, 3f).withSeed(42).withColumns(Column.IMPLIED_LOG_REWARD);
    try (SamplerClient client = SamplerClient.connect(target);
        CandidateStream candidates = client.sample(query)) {
      while (candidates.hasNext()) {
        Candidate candidate = candidates.next();
        double logReward = candidate.impliedLogReward().orElseThrow();
        out.printf("%s at beta %s: %.3f%n", candidate.object(), candidate.beta(), logReward);
      }
    }
    // end
  }
}
