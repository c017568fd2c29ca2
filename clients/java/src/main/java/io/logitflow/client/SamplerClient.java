package io.logitflow.client;

import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.logitflow.v1.DescribeModelRequest;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.SampleResponse;
import io.logitflow.v1.SamplerGrpc;
import io.logitflow.v1.SamplerGrpc.SamplerBlockingStub;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one sampler, for any number of threads. It reads the model's vocabulary once, so
 * a client is of one model: connect anew when the server has changed its model.
 */
public final class SamplerClient implements AutoCloseable {
  private static final long CLOSING_SECONDS = 5;

  private final SamplerBlockingStub stub;
  private final String target;
  private final @Nullable ManagedChannel owned;
  private volatile @Nullable TokenNames vocabulary;

  /**
   * Uses a channel of the caller's, who closes it.
   *
   * @param channel how to reach the sampler
   * @param target the sampler's name in messages
   */
  public SamplerClient(Channel channel, String target) {
    this(channel, target, null);
  }

  private SamplerClient(Channel channel, String target, @Nullable ManagedChannel owned) {
    this.stub = SamplerGrpc.newBlockingStub(channel);
    this.target = target;
    this.owned = owned;
  }

  /**
   * Returns a client of the sampler at an address, in plaintext. It connects with the first call.
   *
   * @param hostAndPort {@code HOST:PORT}; an IPv6 address in brackets
   * @throws io.logitflow.contract.InvalidInputException if it is not of that form
   */
  public static SamplerClient connect(String hostAndPort) {
    Target parsed = Target.parse(hostAndPort);
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress(
                parsed.host(), parsed.port(), InsecureChannelCredentials.create())
            .build();
    return new SamplerClient(channel, hostAndPort, channel);
  }

  /**
   * Asks what the server samples from.
   *
   * @throws io.logitflow.contract.LogitFlowException if the call fails
   */
  public DescribeModelResponse describeModel() {
    try {
      return stub.describeModel(DescribeModelRequest.getDefaultInstance());
    } catch (StatusRuntimeException e) {
      throw CallFailure.of(target, e);
    }
  }

  /**
   * Samples, candidate by candidate.
   *
   * @throws io.logitflow.contract.LogitFlowException as {@link #sampleBlocks}
   */
  public CandidateStream sample(SampleQuery query) {
    return new CandidateStream(sampleBlocks(query));
  }

  /**
   * Samples, block by block.
   *
   * @return the stream, its header read; to be closed
   * @throws io.logitflow.contract.LogitFlowException if the server refuses the query
   *     (INVALID_INPUT), has no room (OVERLOADED), is not there (UNAVAILABLE), or fails (FAILED)
   */
  public BlockStream sampleBlocks(SampleQuery query) {
    TokenNames names = vocabulary();
    CancellableContext context = Context.current().withCancellation();
    boolean opened = false;
    try {
      BlockStream stream = new BlockStream(target, query, names, context, start(query, context));
      opened = true;
      return stream;
    } finally {
      if (!opened) {
        context.cancel(null);
      }
    }
  }

  /**
   * Computes log p(x; β) of given objects, in as many calls as it takes.
   *
   * @throws io.logitflow.contract.LogitFlowException if the model has no scores, an object is none
   *     of its, or the server refuses the query (INVALID_INPUT), is not there (UNAVAILABLE), or
   *     fails (FAILED)
   */
  public Scores score(ScoreQuery query) {
    return new ScoreCalls(stub, target, describeModel(), query).make();
  }

  /** Ends the connection, and with it every stream that is still open. */
  @Override
  public void close() {
    if (owned == null) {
      return;
    }
    owned.shutdownNow();
    try {
      if (!owned.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        return; // The transport ends on its own; there is nothing left to wait for.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Iterator<SampleResponse> start(SampleQuery query, CancellableContext context) {
    SamplerBlockingStub call =
        query
            .deadline()
            .map(Duration::toNanos)
            .map(nanos -> stub.withDeadlineAfter(nanos, TimeUnit.NANOSECONDS))
            .orElse(stub);
    // The blocking iterator asks for the next message only when one is taken: back-pressure.
    Context outer = context.attach();
    try {
      return call.sample(query.toRequest());
    } finally {
      context.detach(outer);
    }
  }

  private TokenNames vocabulary() {
    TokenNames known = vocabulary;
    if (known == null) {
      known = TokenNames.of(describeModel());
      vocabulary = known;
    }
    return known;
  }
}
