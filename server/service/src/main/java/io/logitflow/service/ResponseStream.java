package io.logitflow.service;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.stub.ServerCallStreamObserver;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.sampler.batching.CandidateConsumer;
import io.logitflow.sampler.batching.Subscription;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.v1.CandidateChunk;
import io.logitflow.v1.SampleHeader;
import io.logitflow.v1.SampleResponse;
import java.util.ArrayDeque;
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
   */
  ResponseStream(ServerCallStreamObserver<SampleResponse> client, ChunkWriter writer) {
    this.client = client;
    this.writer = writer;
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
  public synchronized void onCandidates(Candidates candidates, Subscription ignored) {
    if (!ended) {
      unsent.addAll(writer.chunks(candidates));
      send();
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
      client.onCompleted();
    }
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
