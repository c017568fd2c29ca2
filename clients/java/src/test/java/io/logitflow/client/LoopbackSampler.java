package io.logitflow.client;

import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.logitflow.v1.CandidateChunk;
import io.logitflow.v1.Column;
import io.logitflow.v1.DescribeModelRequest;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.EnvironmentDescription;
import io.logitflow.v1.SampleHeader;
import io.logitflow.v1.SampleRequest;
import io.logitflow.v1.SampleResponse;
import io.logitflow.v1.SamplerGrpc;
import io.logitflow.v1.Vocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * A sampler service on a free loopback port whose rows can be told from their numbers: row r has
 * the length 1 + r mod S and the tokens (r + position) mod V, and column c has the value r + c /
 * 10.
 */
final class LoopbackSampler extends SamplerGrpc.SamplerImplBase implements AutoCloseable {
  static final int WIDTH = 3;
  static final long DRAWN_SEED = 77;

  private final DescribeModelResponse model;
  private final BiConsumer<SampleRequest, ServerCallStreamObserver<SampleResponse>> answer;
  private final Server server;

  private LoopbackSampler(
      DescribeModelResponse model,
      BiConsumer<SampleRequest, ServerCallStreamObserver<SampleResponse>> answer) {
    this.model = model;
    this.answer = answer;
    this.server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(this)
            .build();
  }

  static LoopbackSampler start(
      DescribeModelResponse model,
      BiConsumer<SampleRequest, ServerCallStreamObserver<SampleResponse>> answer) {
    LoopbackSampler sampler = new LoopbackSampler(model, answer);
    try {
      sampler.server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sampler;
  }

  /** Answers with these messages, whatever is asked. */
  static LoopbackSampler scripted(SampleResponse... messages) {
    return start(
        model("A", "C", "G", "T"),
        (request, out) -> {
          for (SampleResponse message : messages) {
            out.onNext(message);
          }
          out.onCompleted();
        });
  }

  /** Answers every query in full, in chunks of 4 rows. */
  static LoopbackSampler honest(DescribeModelResponse model) {
    return start(
        model,
        (request, out) -> {
          out.onNext(headerOf(request, model));
          long rows = request.getBetaCount() * request.getCount();
          for (long row = 0; row < rows; row += 4) {
            out.onNext(
                wrap(
                    chunk(request, model, request.getFirstRow() + row, Math.min(4, rows - row))
                        .build()));
          }
          out.onCompleted();
        });
  }

  String target() {
    return "127.0.0.1:" + server.getPort();
  }

  @Override
  public void describeModel(
      DescribeModelRequest request, StreamObserver<DescribeModelResponse> out) {
    out.onNext(model);
    out.onCompleted();
  }

  @Override
  public void sample(SampleRequest request, StreamObserver<SampleResponse> out) {
    answer.accept(request, (ServerCallStreamObserver<SampleResponse>) out);
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  static DescribeModelResponse model(String... tokens) {
    return DescribeModelResponse.newBuilder()
        .setVocabulary(Vocabulary.newBuilder().addAllTokens(List.of(tokens)))
        .setEnvironment(EnvironmentDescription.newBuilder().setMaximumLength(WIDTH))
        .build();
  }

  static SampleResponse headerOf(SampleRequest request, DescribeModelResponse model) {
    SampleHeader.Builder header =
        SampleHeader.newBuilder()
            .setSeed(request.hasSeed() ? request.getSeed() : DRAWN_SEED)
            .setRowWidth(WIDTH)
            .setBytesPerToken(model.getVocabulary().getTokensCount() > 256 ? 2 : 1);
    request.getBetaList().forEach(beta -> header.addExtrapolated(beta > 3));
    return SampleResponse.newBuilder().setHeader(header).build();
  }

  static CandidateChunk.Builder chunk(
      SampleRequest request, DescribeModelResponse model, long first, long rows) {
    int vocabulary = model.getVocabulary().getTokensCount();
    CandidateChunk.Builder chunk =
        CandidateChunk.newBuilder().setFirstRow(first).setRowCount((int) rows);
    ByteString.Output tokens = ByteString.newOutput();
    for (long row = first; row < first + rows; row++) {
      int length = (int) (1 + row % WIDTH);
      chunk.addLength(length);
      for (int position = 0; position < WIDTH; position++) {
        int token = position < length ? (int) ((row + position) % vocabulary) : 0;
        tokens.write(token & 0xFF);
        if (vocabulary > 256) {
          tokens.write(token >> 8);
        }
      }
      for (Column column : request.getColumnsList()) {
        float value = row + column.getNumber() / 10f;
        switch (column) {
          case LOG_PF -> chunk.addLogPf(value);
          case LOG_PB -> chunk.addLogPb(value);
          case LOG_Z -> chunk.addLogZ(value);
          case IMPLIED_LOG_REWARD -> chunk.addImpliedLogReward(value);
          case LOG_PF_DRAWN -> chunk.addLogPfDrawn(value);
          case COLUMN_UNSPECIFIED, UNRECOGNIZED -> throw new AssertionError(column);
        }
      }
    }
    return chunk.setTokens(tokens.toByteString());
  }

  static SampleResponse wrap(CandidateChunk chunk) {
    return SampleResponse.newBuilder().setChunk(chunk).build();
  }

  /** Names t0, t1, ... */
  static String[] numberedTokens(int count) {
    return IntStream.range(0, count).mapToObj(i -> "t" + i).toArray(String[]::new);
  }
}
