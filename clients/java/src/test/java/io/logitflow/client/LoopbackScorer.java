package io.logitflow.client;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.logitflow.v1.DescribeModelRequest;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.EnvironmentDescription;
import io.logitflow.v1.Limits;
import io.logitflow.v1.SamplerGrpc;
import io.logitflow.v1.ScoreObjectsRequest;
import io.logitflow.v1.ScoreObjectsResponse;
import io.logitflow.v1.Scoring;
import io.logitflow.v1.Vocabulary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A server that takes three objects of two or three tokens in a call and 300 trajectories: log p is
 * −β less the number of the object, the standard error of an estimate a tenth of its first token.
 */
final class LoopbackScorer extends SamplerGrpc.SamplerImplBase implements AutoCloseable {
  static final int DRAWN_SEED = 31;

  final List<ScoreObjectsRequest> requests = new ArrayList<>();
  private final List<String> tokens;
  private final boolean exact;
  private final Server server;

  private LoopbackScorer(List<String> tokens, boolean exact) throws IOException {
    this.tokens = tokens;
    this.exact = exact;
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(this)
            .build()
            .start();
  }

  /** Starts a server whose model has these characters as tokens. */
  static LoopbackScorer start(String alphabet, boolean exact) throws IOException {
    return start(List.of(alphabet.split("")), exact);
  }

  /** Starts a server whose model has these tokens, joined by blanks if they are of many letters. */
  static LoopbackScorer start(List<String> tokens, boolean exact) throws IOException {
    return new LoopbackScorer(tokens, exact);
  }

  String target() {
    return "127.0.0.1:" + server.getPort();
  }

  @Override
  public void describeModel(
      DescribeModelRequest request, StreamObserver<DescribeModelResponse> out) {
    boolean longNames = tokens.stream().anyMatch(token -> token.length() > 1);
    out.onNext(
        DescribeModelResponse.newBuilder()
            .setVocabulary(
                Vocabulary.newBuilder().addAllTokens(tokens).setSeparator(longNames ? " " : ""))
            .setEnvironment(
                EnvironmentDescription.newBuilder().setMinimumLength(2).setMaximumLength(3))
            .setScoring(Scoring.newBuilder().setKind(exact ? "exact" : "estimate"))
            .setLimits(Limits.newBuilder().setMaximumScoredObjects(3).setMaximumRows(300))
            .build());
    out.onCompleted();
  }

  @Override
  public void score(ScoreObjectsRequest request, StreamObserver<ScoreObjectsResponse> out) {
    requests.add(request);
    ScoreObjectsResponse.Builder response =
        ScoreObjectsResponse.newBuilder()
            .setExact(exact)
            .setSeed(request.hasSeed() ? request.getSeed() : DRAWN_SEED);
    int width = request.getTokens().size() / request.getLengthCount();
    for (float beta : request.getBetaList()) {
      response.addExtrapolated(beta > 3);
      for (int i = 0; i < request.getLengthCount(); i++) {
        response.addLogP(-beta - (request.getFirstObject() + i));
        response.addStandardError(exact ? 0 : request.getTokens().byteAt(i * width) / 10f);
      }
    }
    out.onNext(response.build());
    out.onCompleted();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
