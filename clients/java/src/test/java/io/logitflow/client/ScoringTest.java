package io.logitflow.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.v1.ScoreObjectsRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Scores over a loopback connection, to a server that takes three objects in a call. */
@Timeout(60)
class ScoringTest {
  private static final List<String> OBJECTS = List.of("AC", "GTA", "CC", "TTT", "GG");

  @Test
  void asksInAsManyCallsAsItTakesAndPutsTheAnswersTogether() throws Exception {
    try (LoopbackScorer server = LoopbackScorer.start("ACGT", false);
        SamplerClient client = SamplerClient.connect(server.target())) {
      ScoreQuery query =
          ScoreQuery.of(OBJECTS, 1, 4).withTrajectories(10).withDeadline(Duration.ofSeconds(30));
      Scores scores = client.score(query);

      assertThat(scores.exact()).isFalse();
      assertThat(scores.seed()).isEqualTo(LoopbackScorer.DRAWN_SEED);
      assertThat(scores.extrapolated()).containsExactly(false, true);
      assertThat(scores.logP())
          .containsExactly(List.of(-1f, -2f, -3f, -4f, -5f), List.of(-4f, -5f, -6f, -7f, -8f));
      assertThat(scores.standardError().get(1)).containsExactly(0f, 0.2f, 0.1f, 0.3f, 0.2f);
      assertThat(scores.standardError(0, 3)).isEqualTo(0.3f);
      assertThat(server.requests).hasSize(2);
      ScoreObjectsRequest second = server.requests.get(1);
      assertThat(second.getFirstObject()).isEqualTo(3);
      assertThat(second.getSeed()).as("the one drawn for the first").isEqualTo(31);
      assertThat(second.getTrajectories()).isEqualTo(10);
      assertThat(second.getLengthList()).containsExactly(3, 2);
      assertThat(second.getTokens()).isEqualTo(ByteString.copyFrom(new byte[] {3, 3, 3, 2, 2, 0}));
    }
  }

  @Test
  void asksForNoMoreTrajectoriesThanACallMayHave() throws Exception {
    try (LoopbackScorer server = LoopbackScorer.start("ACGT", false);
        SamplerClient client = SamplerClient.connect(server.target())) {
      // Two betas times 64 trajectories, of 300: two objects at a time.
      client.score(ScoreQuery.of(OBJECTS, 1, 2).withSeed(5));
      assertThat(server.requests).extracting(r -> r.getLengthCount()).containsExactly(2, 2, 1);
      assertThat(server.requests).extracting(r -> r.getSeed()).containsOnly(5L);
    }
  }

  @Test
  void packsTokensOfLargeVocabulariesInTwoBytes() throws Exception {
    List<String> tokens = IntStream.range(0, 300).mapToObj(i -> "t" + i).toList();
    try (LoopbackScorer server = LoopbackScorer.start(tokens, true);
        SamplerClient client = SamplerClient.connect(server.target())) {
      client.score(ScoreQuery.of(List.of("t299 t1"), 1));
      assertThat(server.requests.get(0).getTokens())
          .isEqualTo(ByteString.copyFrom(new byte[] {43, 1, 1, 0, 0, 0}));
    }
  }

  @Test
  void namesTheObjectsThatAreNoneBeforeItAsks() throws Exception {
    try (LoopbackScorer server = LoopbackScorer.start("ACGT", true)) {
      refuses(
          server,
          List.of("AC", "ACGT", "", "A", "AXC"),
          """
          object 1: found "ACGT", expected 2 to 3 tokens
          object 2: found "", expected 2 to 3 tokens
          object 3: found "A", expected 2 to 3 tokens
          object 4: found "AXC", expected tokens of the model, of which "X" is none""");
      refuses(server, List.of(), "objects: found none, expected at least one");
      try (SamplerClient client = SamplerClient.connect(server.target())) {
        assertThatThrownBy(() -> client.score(ScoreQuery.of(Collections.nCopies(12, "A"), 1)))
            .message()
            .endsWith(
                "object 9: found \"A\", expected 2 to 3 tokens\n"
                    + "objects: found 2 further faults, expected objects of the model");
      }
      assertThat(server.requests).isEmpty();
    }
  }

  @Test
  void saysThatAModelHasNoScores() {
    try (LoopbackSampler server = LoopbackSampler.honest(LoopbackSampler.model("A", "C"));
        SamplerClient client = SamplerClient.connect(server.target())) {
      assertThatThrownBy(() -> client.score(ScoreQuery.of(List.of("A"), 1)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "the model of "
                  + server.target()
                  + ": found no graph of scores, expected one that has, see DescribeModel");
    }
  }

  private static void refuses(LoopbackScorer server, List<String> objects, String message)
      throws IOException {
    try (SamplerClient client = SamplerClient.connect(server.target())) {
      assertThatThrownBy(() -> client.score(ScoreQuery.of(objects, 1)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(message);
    }
  }
}
