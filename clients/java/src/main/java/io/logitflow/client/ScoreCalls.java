package io.logitflow.client;

import io.grpc.StatusRuntimeException;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.Problem;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.SamplerGrpc.SamplerBlockingStub;
import io.logitflow.v1.ScoreObjectsRequest;
import io.logitflow.v1.ScoreObjectsResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** A query for scores as calls of no more objects than the server takes at once. */
final class ScoreCalls {
  // Of a call, as sampler.proto says.
  private static final int MOST_SCORES = 100_000;
  private static final int DEFAULT_TRAJECTORIES = 64;

  private final SamplerBlockingStub stub;
  private final String target;
  private final ScoreQuery query;
  private final ObjectTokens objects;
  private final int objectsOfCall;
  private final List<List<Float>> logP = new ArrayList<>();
  private final List<List<Float>> standardError = new ArrayList<>();

  /**
   * Prepares the calls.
   *
   * @throws InvalidInputException if the model has no scores, or an object is none of its
   */
  ScoreCalls(
      SamplerBlockingStub stub, String target, DescribeModelResponse model, ScoreQuery query) {
    if (!model.hasScoring()) {
      throw new InvalidInputException(
          "the model of " + target, "no graph of scores", "one that has, see DescribeModel");
    }
    if (query.objects().isEmpty()) {
      throw new InvalidInputException("objects", "none", "at least one");
    }
    this.stub = stub;
    this.target = target;
    this.query = query;
    objects =
        ObjectTokens.parse(
            TokenNames.of(model), model.getEnvironment().getMinimumLength(), query.objects());
    objectsOfCall = objectsOfCall(model, query);
    query.betas().forEach(beta -> logP.add(new ArrayList<>()));
    query.betas().forEach(beta -> standardError.add(new ArrayList<>()));
  }

  private static int objectsOfCall(DescribeModelResponse model, ScoreQuery query) {
    long betas = Math.max(1, query.betas().size());
    long most = Math.min(model.getLimits().getMaximumScoredObjects(), MOST_SCORES / betas);
    if (!model.getScoring().getKind().equals("exact")) {
      long rows = betas * Math.max(1, query.trajectories().orElse(DEFAULT_TRAJECTORIES));
      most = Math.min(most, model.getLimits().getMaximumRows() / rows);
    }
    // Of a query of which not one object fits the server says what is wrong.
    return (int) Math.max(1, most);
  }

  /**
   * Makes the calls, one after another.
   *
   * @throws LogitFlowException if one fails, or an answer breaks the protocol's rules
   */
  Scores make() {
    OptionalLong seed = query.seed();
    boolean exact = false;
    List<Boolean> extrapolated = List.of();
    int count = query.objects().size();
    for (int first = 0; first < count; first += objectsOfCall) {
      int end = Math.min(first + objectsOfCall, count);
      ScoreObjectsResponse answer = call(request(first, end, seed));
      check(answer, end - first);
      seed = OptionalLong.of(answer.getSeed());
      exact = answer.getExact();
      extrapolated = answer.getExtrapolatedList();
      for (int j = 0; j < query.betas().size(); j++) {
        int from = j * (end - first);
        int to = from + end - first;
        logP.get(j).addAll(answer.getLogPList().subList(from, to));
        standardError.get(j).addAll(answer.getStandardErrorList().subList(from, to));
      }
    }
    return new Scores(query, exact, seed.orElseThrow(), extrapolated, logP, standardError);
  }

  private ScoreObjectsRequest request(int first, int end, OptionalLong seed) {
    ScoreObjectsRequest.Builder request =
        ScoreObjectsRequest.newBuilder()
            .addAllBeta(query.betas())
            .setTokens(objects.packed(first, end))
            .setFirstObject(first);
    for (int i = first; i < end; i++) {
      request.addLength(objects.length(i));
    }
    query.trajectories().ifPresent(request::setTrajectories);
    seed.ifPresent(request::setSeed);
    return request.build();
  }

  private ScoreObjectsResponse call(ScoreObjectsRequest request) {
    SamplerBlockingStub timed =
        query
            .deadline()
            .map(Duration::toNanos)
            .map(nanos -> stub.withDeadlineAfter(nanos, TimeUnit.NANOSECONDS))
            .orElse(stub);
    try {
      return timed.score(request);
    } catch (StatusRuntimeException e) {
      throw CallFailure.of(target, e);
    }
  }

  private void check(ScoreObjectsResponse answer, int count) {
    int betas = query.betas().size();
    require("extrapolated", answer.getExtrapolatedCount(), betas);
    require("log_p", answer.getLogPCount(), betas * count);
    require("standard_error", answer.getStandardErrorCount(), betas * count);
  }

  private void require(String column, int found, int expected) {
    if (found != expected) {
      throw new LogitFlowException(
          Category.FAILED,
          new Problem(
                  "answer of " + target + ", " + column, found + " values", expected + " values")
              .toString());
    }
  }
}
