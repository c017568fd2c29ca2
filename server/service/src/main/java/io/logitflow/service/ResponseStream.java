package io.logitflow.service;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.stub.ServerCallStreamObserver;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.sampler.batching.CandidateConsumer;
import io.logitflow.sampler.batching.Subscription;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.UniqueObjects;
import io.logitflow.v1.CandidateChunk;
import io.logitflow.v1.SampleHeader;
import io.logitflow.v1.SampleResponse;
import io.logitflow.v1.SampleSummary;
import io.logitflow.v1.SampleSummary.StopReason;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One call's way from the workers to the client: sends what has come while the client is ready for
 * more, keeps the rest, and lets the sampler go on only as rows are sent. Thread-safe: workers
 * bring rows, gRPC's threads say when to send.
 */
final class ResponseStream implements CandidateConsumer {
  private final ServerCallStreamObserver<SampleResponse> client;
  private final ChunkWriter writer;

  /** Keeps what is sent of the rows; null if all of them are. */
  @GuardedBy("this")
  private final @Nullable UniqueObjects unique;

  @GuardedBy("this")
  private final Queue<CandidateChunk> unsent = new ArrayDeque<>();

  @GuardedBy("this")
  private @Nullable Subscription subscription;

  @GuardedBy("this")
  private @Nullable LogitFlowException failure;

  @GuardedBy("this")
  private boolean complete;

  @GuardedBy("this")
  private boolean ended;

  /**
   * Creates the way of a call that has sent nothing, and takes over its handlers.
   *
   * @param client the call
   * @param writer of its chunks
   * @param unique keeps each object once, if that is asked for
   */
  ResponseStream(
      ServerCallStreamObserver<SampleResponse> client,
      ChunkWriter writer,
      Optional<UniqueObjects> unique) {
    this.client = client;
    this.writer = writer;
    this.unique = unique.orElse(null);
    client.setOnReadyHandler(this::send);
    // gRPC calls it at the call's deadline, too.
    client.setOnCancelHandler(this::cancel);
  }

  /** Sends the header, then what came already; nothing is sent before. */
  synchronized void start(SampleHeader header, Subscription admitted) {
    subscription = admitted;
    client.onNext(SampleResponse.newBuilder().setHeader(header).build());
    send();
  }

  @Override
  public synchronized void onCandidates(Candidates candidates, Subscription rows) {
    if (ended || complete) {
      return;
    }
    if (unique == null) {
      unsent.addAll(writer.chunks(candidates));
    } else {
      keepUnique(unique, candidates, rows);
    }
    send();
  }

  @GuardedBy("this")
  private void keepUnique(UniqueObjects unique, Candidates candidates, Subscription rows) {
    Optional<Candidates> kept = unique.keep(candidates);
    kept.ifPresent(some -> unsent.addAll(writer.chunks(some)));
    rows.consumed(candidates.rowCount() - kept.map(Candidates::rowCount).orElse(0));
    if (unique.enough()) {
      // Nobody wants the rows that are left, and no one will say that they are complete.
      rows.cancel();
      complete = true;
    }
  }

  @Override
  public synchronized void onComplete() {
    complete = true;
    send();
  }

  @Override
  public synchronized void onFailure(LogitFlowException reason) {
    failure = reason;
    send();
  }

  private synchronized void send() {
    if (subscription == null || ended) {
      return;
    }
    if (failure != null) {
      end();
      client.onError(StatusMapper.statusOf(failure));
      return;
    }
    while (!unsent.isEmpty() && client.isReady()) {
      CandidateChunk chunk = unsent.remove();
      client.onNext(SampleResponse.newBuilder().setChunk(chunk).build());
      subscription.consumed(chunk.getRowCount());
    }
    if (unsent.isEmpty() && complete) {
      end();
      if (unique != null) {
        client.onNext(SampleResponse.newBuilder().setSummary(summary(unique)).build());
      }
      client.onCompleted();
    }
  }

  private static SampleSummary summary(UniqueObjects unique) {
    return SampleSummary.newBuilder()
        .setDraws(unique.draws())
        .setUnique(unique.unique())
        .setStopReason(unique.enough() ? StopReason.ENOUGH : StopReason.BUDGET)
        .build();
  }

  private synchronized void cancel() {
    end();
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @GuardedBy("this")
  private void end() {
    ended = true;
    unsent.clear();
  }
}
