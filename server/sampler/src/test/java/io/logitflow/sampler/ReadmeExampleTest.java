package io.logitflow.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.sampler.batching.CandidateStream;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example of the embedded sampler in README.md compiles and runs as it stands there. */
@Timeout(60)
class ReadmeExampleTest {
  private static final Path SOURCE =
      Path.of("src/test/java/io/logitflow/sampler/ReadmeExampleTest.java");
  private static final Path README = Path.of("../../README.md");

  @Test
  void printsTheCandidatesOfEveryBeta(@TempDir Path directory) {
    Path bundle = GoldenBundle.open(directory).directory();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    example(bundle, new PrintStream(printed, true, StandardCharsets.UTF_8));
    List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(200);
    assertThat(lines.subList(0, 100)).allMatch(line -> line.matches("[ACGT]{3} at beta 1\\.0: .+"));
    assertThat(lines.subList(100, 200))
        .allMatch(line -> line.matches("[ACGT]{3} at beta 3\\.0: .+"));
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

  private static void example(Path directory, PrintStream out) {
    // begin
    Bundle bundle = Bundle.open(directory);
    SampleRequest request = SampleRequest.of(new float[] {1, 3}, 100, 0, 42);
    try (Sampler sampler = Sampler.open(bundle, SamplerOptions.defaults());
        CandidateStream stream = sampler.stream(request)) {
      while (stream.hasNext()) {
        Candidates rows = stream.next();
        for (int i = 0; i < rows.rowCount(); i++) {
          int start = i * rows.bytesPerRow();
          String object = bundle.vocabulary().text(rows.tokens(), start, rows.length(i));
          out.printf("%s at beta %s: %.3f%n", object, rows.beta(i), rows.impliedLogReward(i));
        }
      }
    }
    // end
  }
}
