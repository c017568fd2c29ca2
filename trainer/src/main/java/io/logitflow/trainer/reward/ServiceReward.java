package io.logitflow.trainer.reward;

import com.google.common.base.Throwables;
import com.google.common.primitives.Doubles;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.v1.RewardServiceGrpc;
import io.logitflow.v1.ScoreRequest;
import io.logitflow.v1.ScoreResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Scores of a service of the user's, asked in several calls at a time, of one batch or more, in
 * turns of all addresses that the target's name stands for. gRPC itself repeats a call while the
 * service is unavailable or overloaded, each time after a longer pause; a deadline ends it, all its
 * attempts included. Each score is paid for.
 */
final class ServiceReward implements Reward {
  private static final long MOST_REQUEST_BYTES = 1L << 26;
  private static final long SECONDS_TO_CLOSE = 5;

  /** All addresses behind a name share the calls; by default gRPC calls the first alone. */
  private static final String LOAD_BALANCING = "round_robin";

  private final RewardConfig.Grpc config;
  private final ObjectText text;
  private final ManagedChannel channel;

  /** For calls at the same time, given to those who wait in turn. */
  private final Semaphore room;

  /**
   * Creates the reward; the service is called first when scores are asked for.
   *
   * @param config where the service is and how it is called
   * @param environment whose objects it scores
   * @throws InvalidInputException if the target is none of gRPC's
   */
  ServiceReward(RewardConfig.Grpc config, Environment environment) {
    this.config = config;
    this.text = new ObjectText(environment);
    this.room = new Semaphore(config.concurrency(), true);
    try {
      ManagedChannelBuilder<?> builder =
          Grpc.newChannelBuilder(config.target(), InsecureChannelCredentials.create())
              .defaultLoadBalancingPolicy(LOAD_BALANCING);
      if (config.attempts() > 1) {
        // By default gRPC repeats no call of more than a megabyte, and none more than five times.
        builder
            .enableRetry()
            .maxRetryAttempts(config.attempts())
            .perRpcBufferLimit(MOST_REQUEST_BYTES)
            .retryBufferSize(MOST_REQUEST_BYTES * config.concurrency())
            .defaultServiceConfig(retryPolicy(config.attempts()));
      }
      this.channel = builder.build();
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          "reward.target", ObjectText.shown(config.target()), "host:port or a target of gRPC");
    }
  }

  private static Map<String, ?> retryPolicy(int attempts) {
    Map<String, ?> policy =
        Map.of(
            "maxAttempts",
            (double) attempts,
            "initialBackoff",
            "0.1s",
            "maxBackoff",
            "5s",
            "backoffMultiplier",
            2.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE", "RESOURCE_EXHAUSTED"));
    Map<String, ?> methods =
        Map.of(
            "name",
            List.of(Map.of("service", RewardServiceGrpc.SERVICE_NAME)),
            "retryPolicy",
            policy);
    return Map.of("methodConfig", List.of(methods));
  }

  @Override
  public double[] scores(ObjectBatch objects) {
    List<ListenableFuture<double[]>> calls = new ArrayList<>();
    try {
      start(objects, calls);
      return Doubles.concat(Futures.allAsList(calls).get().toArray(double[][]::new));
    } catch (ExecutionException e) {
      Throwable first = Objects.requireNonNullElse(e.getCause(), e);
      if (first instanceof LogitFlowException refused) {
        throw refused;
      }
      throw failure(Status.fromThrowable(first), first);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogitFlowException(
          Category.FAILED, subject() + ": found an interrupt, expected to wait for scores", e);
    } finally {
      calls.forEach(call -> call.cancel(true));
    }
  }

  /** Starts the calls of a batch, each when there is room, until one has failed. */
  private void start(ObjectBatch objects, List<ListenableFuture<double[]>> calls)
      throws InterruptedException {
    AtomicBoolean failed = new AtomicBoolean();
    for (int first = 0; first < objects.rows(); first += config.batch()) {
      ScoreRequest.Builder request = ScoreRequest.newBuilder();
      int end = Math.min(objects.rows(), first + config.batch());
      for (int row = first; row < end; row++) {
        request.addObjects(text.format(objects, row));
      }
      room.acquire();
      if (failed.get()) {
        room.release();
        return;
      }
      ListenableFuture<double[]> call = call(request.build());
      calls.add(call);
      Futures.addCallback(
          call,
          new FutureCallback<>() {
            @Override
            public void onSuccess(double @Nullable [] scores) {
              room.release();
            }

            @Override
            public void onFailure(Throwable reason) {
              failed.set(true);
              room.release();
            }
          },
          MoreExecutors.directExecutor());
    }
  }

  private ListenableFuture<double[]> call(ScoreRequest request) {
    return Futures.transform(
        RewardServiceGrpc.newFutureStub(channel)
            .withDeadlineAfter(Math.round(config.deadlineSeconds() * 1e9), TimeUnit.NANOSECONDS)
            .score(request),
        response -> checked(response, request),
        MoreExecutors.directExecutor());
  }

  private double[] checked(ScoreResponse response, ScoreRequest request) {
    if (response.getScoresCount() != request.getObjectsCount()) {
      throw new LogitFlowException(
          Category.FAILED,
          subject()
              + ": found "
              + response.getScoresCount()
              + " scores for "
              + request.getObjectsCount()
              + " objects, expected one each");
    }
    for (int i = 0; i < request.getObjectsCount(); i++) {
      if (!Double.isFinite(response.getScores(i))) {
        throw new LogitFlowException(
            Category.FAILED,
            subject()
                + ": found a score of "
                + response.getScores(i)
                + " for "
                + ObjectText.shown(request.getObjects(i))
                + ", expected a finite one");
      }
    }
    return Doubles.toArray(response.getScoresList());
  }

  private LogitFlowException failure(Status status, Throwable cause) {
    Category category =
        switch (status.getCode()) {
          // A service that stops cancels its calls; ours are cancelled only behind a failure.
          case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, CANCELLED ->
              Category.UNAVAILABLE;
          default -> Category.FAILED;
        };
    String reason = status.getCode() == Status.Code.DEADLINE_EXCEEDED ? "" : reason(status);
    return new LogitFlowException(
        category,
        subject()
            + ": found status "
            + status.getCode()
            + (reason.isEmpty() ? "" : ", " + ObjectText.shown(reason))
            + ", expected scores within "
            + config.deadlineSeconds()
            + " s, in "
            + (config.attempts() == 1 ? "one attempt" : "up to " + config.attempts() + " attempts"),
        cause);
  }

  /** Returns what the service says, or what became of the connection. */
  private static String reason(Status status) {
    String description = status.getDescription() == null ? "" : status.getDescription();
    if (status.getCause() == null) {
      return description;
    }
    String cause = String.valueOf(Throwables.getRootCause(status.getCause()).getMessage());
    return description.isEmpty() ? cause : description + ": " + cause;
  }

  private String subject() {
    return "reward service " + config.target();
  }

  @Override
  public boolean metered() {
    return true;
  }

  /** A batch has one call at the least. */
  @Override
  public int concurrency() {
    return config.concurrency();
  }

  /** Drops the connection. */
  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(SECONDS_TO_CLOSE, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
