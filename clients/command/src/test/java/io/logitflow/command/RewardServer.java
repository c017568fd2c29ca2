package io.logitflow.command;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.logitflow.v1.RewardServiceGrpc;
import io.logitflow.v1.ScoreRequest;
import io.logitflow.v1.ScoreResponse;
import java.io.IOException;

/**
 * A reward service on a free loopback port for objects of any environment: an object of n
 * characters scores (1 + d) / n, where d of its characters differ from the one before.
 */
public final class RewardServer extends RewardServiceGrpc.RewardServiceImplBase
    implements AutoCloseable {
  private final Server server;

  private RewardServer() throws IOException {
    this.server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(this)
            .build()
            .start();
  }

  /** Starts a service. */
  public static RewardServer start() throws IOException {
    return new RewardServer();
  }

  /** Returns where it listens. */
  public String target() {
    return "127.0.0.1:" + server.getPort();
  }

  /**
   * Scores an object.
   *
   * @param object its text, of one character or more
   * @return above 0, at most 1
   */
  public static double score(String object) {
    int score = 1;
    for (int i = 1; i < object.length(); i++) {
      score += object.charAt(i) == object.charAt(i - 1) ? 0 : 1;
    }
    return (double) score / object.length();
  }

  @Override
  public void score(ScoreRequest request, StreamObserver<ScoreResponse> out) {
    ScoreResponse.Builder response = ScoreResponse.newBuilder();
    request.getObjectsList().forEach(object -> response.addScores(score(object)));
    out.onNext(response.build());
    out.onCompleted();
  }

  /** Ends the server. */
  @Override
  public void close() {
    server.shutdownNow();
  }
}
