package io.logitflow.sampler.batching;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Decoding;
import io.logitflow.sampler.sampling.InverseTemperatures;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.session.DecodingSession;
import io.logitflow.sampler.session.RolloutSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * Samples from a bundle, in process: batches the rows of all requests into runs of its rollout. A
 * row's bytes depend on (model, seed, row, beta) alone, whatever else runs and with which options
 * but the provider. On CUDA they may depend on the GPU and on the size of a tile as well.
 * Thread-safe.
 */
public final class Sampler implements AutoCloseable {
  private final Bundle bundle;
  private final SamplerOptions options;
  private final RolloutSession session;
  private final DecodingSession decodingSession;
  private final AdmissionQueue queue;
  private final List<Thread> threads;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Sampler(Bundle bundle, SamplerOptions options, RolloutSession session) {
    this.bundle = bundle;
    this.options = options;
    this.session = session;
    this.decodingSession = new DecodingSession(bundle, options.provider());
    queue = new AdmissionQueue(options);
    threads = IntStream.range(0, options.workers()).mapToObj(this::newThread).toList();
  }

  /**
   * Loads a bundle's rollout and starts the workers.
   *
   * @param bundle an opened bundle
   * @param options how to run
   * @return the sampler, ready
   * @throws InvalidInputException if the rollout is not the graph that the manifest declares, or
   *     the tiles do not fit in memory
   */
  public static Sampler open(Bundle bundle, SamplerOptions options) {
    RolloutSession session = RolloutSession.open(bundle, options.provider());
    Sampler sampler;
    try {
      sampler = new Sampler(bundle, options, session);
    } catch (Throwable e) {
      session.close();
      throw e;
    }
    try {
      sampler.threads.forEach(Thread::start);
    } catch (Throwable e) {
      // The system may give fewer threads than were asked for.
      sampler.close();
      throw e;
    }
    return sampler;
  }

  /** Returns what is sampled from. */
  public Bundle bundle() {
    return bundle;
  }

  /** Returns how it runs. */
  public SamplerOptions options() {
    return options;
  }

  /** Returns the numbers of rows that tiles are padded to, ascending. */
  public List<Integer> tileSizes() {
    return session.tileSizes(options.tileRows()).all();
  }

  /** Returns how many times the rollout was run. */
  public long runs() {
    return session.runs();
  }

  /** Returns the rows that were admitted and are neither consumed nor dropped. */
  public long outstandingRows() {
    return queue.outstanding();
  }

  /**
   * Admits a request, whose candidates come to a consumer.
   *
   * @param request what is asked for
   * @param consumer is called on the workers' threads, perhaps before this method returns
   * @return the request's subscription
   * @throws InvalidInputException if it has more rows than the options allow, or a beta that the
   *     model does not answer
   * @throws LogitFlowException {@code OVERLOADED} if the queue is full, {@code UNAVAILABLE} if the
   *     sampler is closing; the consumer is not called then
   */
  public Subscription submit(SampleRequest request, CandidateConsumer consumer) {
    requireAnswers(request);
    return queue.admit(request, consumer);
  }

  /**
   * Admits a request, whose candidates are read from an iterator; close it if not read to the end.
   *
   * @param request what is asked for
   * @return its candidates, to be read by one thread
   * @throws InvalidInputException if it has more rows than the options allow, or a beta that the
   *     model does not answer
   * @throws LogitFlowException {@code OVERLOADED} if the queue is full, {@code UNAVAILABLE} if the
   *     sampler is closing
   */
  public CandidateStream stream(SampleRequest request) {
    return new CandidateStream(this, request);
  }

  /** Closes at once: requests that are not delivered fail as {@code UNAVAILABLE}. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  /**
   * Closes when the requests that were admitted are delivered, at the latest after a grace period;
   * what is left then fails as {@code UNAVAILABLE}. New requests are refused from now on. Not to be
   * called by a consumer. The second call does nothing.
   *
   * @param grace how long to wait for the requests
   */
  public void close(Duration grace) {
    if (closed.getAndSet(true)) {
      return;
    }
    queue.close(grace);
    boolean interrupted = false;
    for (Thread thread : threads) {
      interrupted |= joinThrough(thread);
    }
    session.close();
    decodingSession.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void requireAnswers(SampleRequest request) {
    if (request.decoding().map(Decoding::bundle).filter(other -> other != bundle).isPresent()) {
      throw new IllegalArgumentException("a decoding that was read for another bundle");
    }
    for (int j = 0; j < request.betaCount(); j++) {
      InverseTemperatures.requireAnswered(bundle, request.beta(j), j);
    }
  }

  private Thread newThread(int number) {
    Thread thread =
        new Thread(
            new Worker(
                bundle, queue, session, session.newBuffers(options.tileRows()), decodingSession),
            "sampler-worker-" + number);
    // A process that ends without closing its sampler must not hang on it.
    thread.setDaemon(true);
    return thread;
  }

  /** Waits for a thread, interrupted or not: the session must outlive every run. */
  private static boolean joinThrough(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
