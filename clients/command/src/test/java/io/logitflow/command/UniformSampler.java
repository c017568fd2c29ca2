package io.logitflow.command;

import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.logitflow.v1.BetaRange;
import io.logitflow.v1.CandidateChunk;
import io.logitflow.v1.DescribeModelRequest;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.EnvironmentDescription;
import io.logitflow.v1.Limits;
import io.logitflow.v1.LogRewardTransform;
import io.logitflow.v1.SampleHeader;
import io.logitflow.v1.SampleRequest;
import io.logitflow.v1.SampleResponse;
import io.logitflow.v1.SamplerGrpc;
import io.logitflow.v1.ScoreObjectsRequest;
import io.logitflow.v1.ScoreObjectsResponse;
import io.logitflow.v1.Scoring;
import io.logitflow.v1.Vocabulary;
import java.io.IOException;
import java.util.List;

/**
 * A sampler of uniform strings of 8 DNA letters on a loopback port: log P_F is log(1/4^8), log P_B
 * 0.5, log Z 2 times beta. Row r is the number seed + 40503 r, modulo 4^8, in base 4. Run as a
 * process, it prints what {@code ./logitflow serve} prints.
 */
public final class UniformSampler extends SamplerGrpc.SamplerImplBase implements AutoCloseable {
  /** Log-probability of every string. */
  public static final float LOG_PF = (float) (-8 * Math.log(4));

  private static final int WIDTH = 8;
  private static final int CHUNK = 500;

  // Odd, so that 4^8 successive rows visit every string once.
  private static final long STRIDE = 40_503;

  private final long failAtRow;
  private final long stallAtRow;
  private final Server server;

  private UniformSampler(int port, long failAtRow, long stallAtRow) throws IOException {
    this.failAtRow = failAtRow;
    this.stallAtRow = stallAtRow;
    this.server =
        Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
            .addService(this)
            .build()
            .start();
  }

  /** Starts a sampler on a free port. */
  public static UniformSampler start() throws IOException {
    return new UniformSampler(0, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** Starts a sampler that goes away when it comes to a row. */
  public static UniformSampler failingAtRow(long row) throws IOException {
    return new UniformSampler(0, row, Long.MAX_VALUE);
  }

  /** Starts a sampler that says no more when it comes to a row. */
  public static UniformSampler stallingAtRow(long row) throws IOException {
    return new UniformSampler(0, Long.MAX_VALUE, row);
  }

  /** Serves until it is killed. */
  public static void main(String[] arguments) throws Exception {
    UniformSampler sampler =
        new UniformSampler(Integer.parseInt(arguments[0]), Long.MAX_VALUE, Long.MAX_VALUE);
    System.out.println("Serving " + arguments[1] + " on " + sampler.target());
    sampler.server.awaitTermination();
  }

  /** Returns where it listens. */
  public String target() {
    return "127.0.0.1:" + server.getPort();
  }

  @Override
  public void describeModel(
      DescribeModelRequest request, StreamObserver<DescribeModelResponse> out) {
    out.onNext(
        DescribeModelResponse.newBuilder()
            .setVocabulary(Vocabulary.newBuilder().addAllTokens(List.of("A", "C", "G", "T")))
            .setEnvironment(
                EnvironmentDescription.newBuilder().setMinimumLength(WIDTH).setMaximumLength(WIDTH))
            .setScoring(Scoring.newBuilder().setKind("exact"))
            .setLimits(Limits.newBuilder().setMaximumScoredObjects(1))
            .setTrainedBeta(BetaRange.newBuilder().setLow(1).setHigh(3))
            .setLogReward(
                LogRewardTransform.newBuilder().setFloor(0.001).setExponent(3).setScale(10))
            .build());
    out.onCompleted();
  }

  @Override
  public void sample(SampleRequest request, StreamObserver<SampleResponse> out) {
    if (request.getCount() < 1) {
      out.onError(
          Status.INVALID_ARGUMENT
              .withDescription("count: found " + request.getCount() + ", expected 1 or more")
              .asException());
      return;
    }
    SampleHeader.Builder header =
        SampleHeader.newBuilder()
            .setSeed(request.hasSeed() ? request.getSeed() : 99)
            .setRowWidth(WIDTH)
            .setBytesPerToken(1);
    request.getBetaList().forEach(beta -> header.addExtrapolated(beta > 3));
    out.onNext(SampleResponse.newBuilder().setHeader(header).build());
    long end = request.getFirstRow() + request.getBetaCount() * request.getCount();
    for (long row = request.getFirstRow(); row < end; row += CHUNK) {
      if (row >= stallAtRow) {
        return;
      }
      if (row >= failAtRow) {
        out.onError(Status.UNAVAILABLE.withDescription("stopping").asException());
        return;
      }
      out.onNext(
          SampleResponse.newBuilder()
              .setChunk(chunk(request, header.getSeed(), row, (int) Math.min(CHUNK, end - row)))
              .build());
    }
    out.onCompleted();
  }

  @Override
  public void score(ScoreObjectsRequest request, StreamObserver<ScoreObjectsResponse> out) {
    ScoreObjectsResponse.Builder response =
        ScoreObjectsResponse.newBuilder().setExact(true).setSeed(request.getSeed());
    for (float beta : request.getBetaList()) {
      response.addExtrapolated(beta > 3);
      for (int i = 0; i < request.getLengthCount(); i++) {
        response.addLogP(LOG_PF).addStandardError(0);
      }
    }
    out.onNext(response.build());
    out.onCompleted();
  }

  /** Ends the server. */
  @Override
  public void close() {
    server.shutdownNow();
  }

  private static CandidateChunk chunk(SampleRequest request, long seed, long first, int rows) {
    CandidateChunk.Builder chunk = CandidateChunk.newBuilder().setFirstRow(first).setRowCount(rows);
    byte[] tokens = new byte[rows * WIDTH];
    for (int i = 0; i < rows; i++) {
      long row = first + i;
      long number = seed + row * STRIDE;
      for (int position = 0; position < WIDTH; position++) {
        tokens[i * WIDTH + position] = (byte) ((number >> (2 * (WIDTH - 1 - position))) & 3);
      }
      float beta = request.getBeta((int) ((row - request.getFirstRow()) / request.getCount()));
      chunk.addLength(WIDTH);
      if (request.getColumnsCount() > 0) {
        chunk
            .addLogPf(LOG_PF)
            .addLogPb(0.5f)
            .addLogZ(2 * beta)
            .addImpliedLogReward((2 * beta + LOG_PF - 0.5f) / beta);
      }
    }
    return chunk.setTokens(ByteString.copyFrom(tokens)).build();
  }
}
