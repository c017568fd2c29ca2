package io.logitflow.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.v1.CandidateChunk;
import io.logitflow.v1.Column;
import io.logitflow.v1.Constraint;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.SampleRequest;
import io.logitflow.v1.SampleResponse;
import io.logitflow.v1.SampleSummary;
import io.logitflow.v1.SampleSummary.StopReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queries with a say in actions, or for distinct objects: what is asked, and what may come. */
@Timeout(60)
class UniqueQueryTest {
  private static final DescribeModelResponse DNA = LoopbackSampler.model("A", "C", "G", "T");
  private static final SampleQuery QUERY =
      SampleQuery.of(9, 2f).withSeed(3).withFirstRow(20).withUnique(3);
  private static final SampleResponse HEADER = LoopbackSampler.headerOf(QUERY.toRequest(), DNA);

  @Test
  void asksForWhatTheQuerySays() {
    Constraint constraint = Constraint.newBuilder().setLength(2).build();
    SampleRequest request =
        SampleQuery.of(9, 2f)
            .withTopP(0.5f)
            .withConstraint(constraint)
            .withUnique(3)
            .withColumns(Column.LOG_PF_DRAWN)
            .withSeed(1)
            .toRequest();
    assertThat(request)
        .isEqualTo(
            SampleRequest.newBuilder()
                .addBeta(2)
                .setCount(9)
                .setSeed(1)
                .addColumns(Column.LOG_PF_DRAWN)
                .setTopP(0.5f)
                .setConstraint(constraint)
                .setUniqueCount(3)
                .build());
    assertThat(SampleQuery.of(1, 1f).withGreedy().toRequest().getGreedy()).isTrue();
    assertThat(SampleQuery.of(1, 1f).toRequest())
        .isEqualTo(SampleRequest.newBuilder().addBeta(1).setCount(1).build());
  }

  @Test
  void readsRowsAndSummary() {
    SampleResponse summary = summary(6, 3, StopReason.ENOUGH);
    try (LoopbackSampler sampler =
            LoopbackSampler.scripted(HEADER, chunk(20, 21), chunk(25), summary);
        SamplerClient client = SamplerClient.connect(sampler.target());
        CandidateStream candidates = client.sample(QUERY)) {
      List<Long> rows = new ArrayList<>();
      assertThat(candidates.summary()).isEmpty();
      candidates.forEachRemaining(candidate -> rows.add(candidate.row()));
      assertThat(rows).containsExactly(20L, 21L, 25L);
      assertThat(candidates.summary()).contains(summary.getSummary());
    }
  }

  @Test
  void readsABudgetThatWasUsedUp() {
    SampleResponse summary = summary(9, 2, StopReason.BUDGET);
    try (LoopbackSampler sampler = LoopbackSampler.scripted(HEADER, chunk(20, 28), summary);
        SamplerClient client = SamplerClient.connect(sampler.target());
        BlockStream blocks = client.sampleBlocks(QUERY)) {
      assertThat(blocks.next().row(1)).isEqualTo(28);
      assertThat(blocks.hasNext()).isFalse();
      assertThat(blocks.summary()).contains(summary.getSummary());
    }
  }

  @Test
  void refusesAnswersThatBreakTheProtocol() {
    assertRefused("last message: found none, expected a summary", HEADER, chunk(20, 21), chunk(25));
    assertRefused("chunk.rows: found 19, expected row 20 to 28", HEADER, chunk(19));
    assertRefused("chunk.rows: found 29, expected row 20 to 28", HEADER, chunk(29));
    assertRefused("chunk.rows: found 21, expected row 22 to 28", HEADER, chunk(21, 21));
    assertRefused("chunk.row_count: found 4, expected 1 to 3 rows", HEADER, chunk(20, 21, 22, 23));
    assertRefused(
        "summary.draws: found 5, expected the rows up to the last candidate",
        HEADER,
        chunk(20, 21, 25),
        summary(5, 3, StopReason.ENOUGH));
    assertRefused(
        "summary.draws: found 8, expected all 9 rows",
        HEADER,
        chunk(20, 21),
        summary(8, 2, StopReason.BUDGET));
    assertRefused(
        "summary.unique: found 3, expected 2 rows",
        HEADER,
        chunk(20, 21),
        summary(9, 3, StopReason.BUDGET));
    assertRefused(
        "summary.stop_reason: found ENOUGH, expected BUDGET",
        HEADER,
        chunk(20, 21),
        summary(9, 2, StopReason.ENOUGH));
    assertRefused(
        "message: found CHUNK, expected the end",
        HEADER,
        chunk(20, 21),
        summary(9, 2, StopReason.BUDGET),
        chunk(22));
  }

  private static SampleResponse chunk(long... rows) {
    CandidateChunk.Builder chunk =
        LoopbackSampler.chunk(QUERY.toRequest(), DNA, rows[0], rows.length);
    for (long row : rows) {
      chunk.addRows(row);
    }
    return LoopbackSampler.wrap(chunk.build());
  }

  private static SampleResponse summary(long draws, long unique, StopReason reason) {
    return SampleResponse.newBuilder()
        .setSummary(
            SampleSummary.newBuilder().setDraws(draws).setUnique(unique).setStopReason(reason))
        .build();
  }

  private static void assertRefused(String message, SampleResponse... answer) {
    try (LoopbackSampler sampler = LoopbackSampler.scripted(answer);
        SamplerClient client = SamplerClient.connect(sampler.target())) {
      assertThatThrownBy(
              () -> {
                try (BlockStream blocks = client.sampleBlocks(QUERY)) {
                  blocks.forEachRemaining(block -> {});
                }
              })
          .hasMessage("answer of " + sampler.target() + ", " + message);
    }
  }
}
