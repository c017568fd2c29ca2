package io.logitflow.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.google.protobuf.ByteString;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.v1.CandidateChunk;
import io.logitflow.v1.Column;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.SampleHeader;
import io.logitflow.v1.SampleResponse;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every rule of the protocol, broken one at a time by a server that keeps all the others. */
@Timeout(60)
class ChunkCheckTest {
  private static final DescribeModelResponse DNA = LoopbackSampler.model("A", "C", "G", "T");
  private static final SampleQuery QUERY =
      SampleQuery.of(2, 1f, 2f).withSeed(3).withColumns(Column.LOG_PF);
  private static final SampleResponse HEADER = LoopbackSampler.headerOf(QUERY.toRequest(), DNA);

  @Test
  void refusesAStreamWithoutHeader() {
    assertRefused(
        "first message: found CHUNK, expected the header", LoopbackSampler.wrap(rows().build()));
    assertRefused("first message: found the end, expected the header");
  }

  @Test
  void refusesAHeaderThatDoesNotFitTheQueryOrTheModel() {
    assertHeaderRefused(
        header -> header.setSeed(4), "header.seed: found 4, expected the request's seed");
    assertHeaderRefused(
        header -> header.addExtrapolated(true),
        "header.extrapolated: found 3 values, expected one for each of 2 betas");
    assertHeaderRefused(
        header -> header.setRowWidth(4),
        "header.row_width: found 4, expected the model's maximum length 3");
    assertHeaderRefused(
        header -> header.setBytesPerToken(2),
        "header.bytes_per_token: found 2, expected 1 for 4 tokens");
  }

  @Test
  void refusesASecondHeader() {
    assertRefused("message: found HEADER, expected a chunk", HEADER, HEADER);
  }

  @Test
  void refusesRowsOutOfOrderTwiceOrTooMany() {
    assertChunkRefused(chunk -> chunk.setFirstRow(1), "chunk.first_row: found 1, expected row 0");
    assertRefused(
        "chunk.first_row: found 0, expected row 4",
        HEADER,
        LoopbackSampler.wrap(rows().build()),
        LoopbackSampler.wrap(rows().build()));
    assertChunkRefused(
        chunk -> chunk.setRowCount(5), "chunk.row_count: found 5, expected 1 to 4 rows");
    assertChunkRefused(
        chunk -> chunk.setRowCount(0), "chunk.row_count: found 0, expected 1 to 4 rows");
  }

  @Test
  void refusesAnAnswerThatEndsShort() {
    assertRefused(
        "rows: found 3 rows, expected all 4 rows",
        HEADER,
        LoopbackSampler.wrap(LoopbackSampler.chunk(QUERY.toRequest(), DNA, 0, 3).build()));
  }

  @Test
  void refusesColumnsOfAnotherSize() {
    assertChunkRefused(
        chunk -> chunk.addLength(1), "chunk.length: found 5 values, expected 4 values");
    assertChunkRefused(
        chunk -> chunk.setTokens(chunk.getTokens().concat(ByteString.copyFrom(new byte[1]))),
        "chunk.tokens: found 13 values, expected 12 values");
    assertChunkRefused(
        CandidateChunk.Builder::clearLogPf, "chunk.log_pf: found 0 values, expected 4 values");
    assertChunkRefused(chunk -> chunk.addLogZ(1), "chunk.log_z: found 1 values, expected 0 values");
  }

  @Test
  void refusesValuesOutsideTheirRange() {
    assertChunkRefused(
        chunk -> chunk.setLogPf(2, Float.NaN), "chunk.log_pf: found NaN, expected a number");
    assertChunkRefused(
        chunk -> chunk.setLength(1, 0), "chunk.length: found 0, expected 1 to 3 tokens");
    assertChunkRefused(
        chunk -> chunk.setLength(1, 4), "chunk.length: found 4, expected 1 to 3 tokens");
    assertChunkRefused(
        chunk -> chunk.setTokens(withToken(chunk, 0, 4)),
        "chunk.tokens: found 4, expected a token id below 4");
    assertChunkRefused(
        chunk -> chunk.setTokens(withToken(chunk, 2, 1)),
        "chunk.tokens: found 1, expected a token id below 1");
  }

  private static CandidateChunk.Builder rows() {
    return LoopbackSampler.chunk(QUERY.toRequest(), DNA, 0, 4);
  }

  private static ByteString withToken(CandidateChunk.Builder chunk, int index, int token) {
    byte[] tokens = chunk.getTokens().toByteArray();
    tokens[index] = (byte) token;
    return ByteString.copyFrom(tokens);
  }

  private static void assertHeaderRefused(Consumer<SampleHeader.Builder> fault, String message) {
    SampleResponse.Builder response = HEADER.toBuilder();
    fault.accept(response.getHeaderBuilder());
    assertRefused(message, response.build());
  }

  private static void assertChunkRefused(Consumer<CandidateChunk.Builder> fault, String message) {
    CandidateChunk.Builder chunk = rows();
    fault.accept(chunk);
    assertRefused(message, HEADER, LoopbackSampler.wrap(chunk.build()));
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
          .hasMessage("answer of " + sampler.target() + ", " + message)
          .asInstanceOf(type(LogitFlowException.class))
          .extracting(LogitFlowException::category)
          .isEqualTo(Category.FAILED);
    }
  }
}
