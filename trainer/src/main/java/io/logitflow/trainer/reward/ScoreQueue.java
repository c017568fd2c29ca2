package io.logitflow.trainer.reward;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.common.util.concurrent.Uninterruptibles;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.environment.ObjectBatch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Batches whose scores are asked for ahead of their use, in threads of its own, and taken first in,
 * first out. An object whose score is kept in the ledger, or on its way for an earlier batch, is
 * not asked for. The ledger takes scores up, and counts them, when their batch is taken: what it
 * holds stays a function of the batches, however fast the reward answers. Not thread-safe.
 */
public final class ScoreQueue implements AutoCloseable {
  private final ScoreLedger ledger;
  private final Deque<AwaitedBatch> batches = new ArrayDeque<>();
  private final ExecutorService threads;

  /**
   * Creates an empty queue.
   *
   * @param ledger what the run has asked for; as long as the queue is in use it is asked for
   *     nothing else
   * @param capacity the most batches in the queue
   */
  public ScoreQueue(ScoreLedger ledger, int capacity) {
    this.ledger = ledger;
    int concurrency = Math.min(capacity, ledger.source().reward().concurrency());
    this.threads =
        new ThreadPoolExecutor(
            concurrency,
            concurrency,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(capacity),
            new ThreadFactoryBuilder().setNameFormat("reward-%d").setDaemon(true).build());
  }

  /**
   * Asks for the scores of a batch and puts it at the end of the queue.
   *
   * @param objects N objects
   */
  public void add(ObjectBatch objects) {
    double[] scores = new double[objects.rows()];
    boolean[] asked = new boolean[scores.length];
    for (int row = 0; row < scores.length; row++) {
      Double kept = ledger.kept(objects.key(row));
      scores[row] = kept == null ? Double.NaN : kept;
      asked[row] = kept == null && !ledger.awaited().containsKey(objects.key(row));
    }
    batches.add(new AwaitedBatch(new AwaitedScores(objects, scores, asked), ledger, threads));
  }

  /**
   * Puts a batch of another time at the end of the queue, and asks for the scores that it lacks.
   *
   * @param saved a batch of a snapshot, of which all those before it have been restored
   */
  public void restore(AwaitedScores saved) {
    AwaitedScores copy = new AwaitedScores(saved.objects(), saved.scores().clone(), saved.asked());
    batches.add(new AwaitedBatch(copy, ledger, threads));
  }

  /**
   * Waits for the scores of the first batch and takes it out of the queue.
   *
   * @return [N] finite scores, untransformed
   * @throws LogitFlowException if a score cannot be had; queue and ledger are then as before
   * @throws java.util.NoSuchElementException if the queue is empty
   */
  public double[] take() {
    double[] scores = batches.element().take(ledger);
    batches.remove();
    return scores;
  }

  /**
   * Waits until the reward has answered or failed for every batch, or for so long.
   *
   * @param patience how long
   */
  public void settle(Duration patience) {
    CompletableFuture<?>[] answers =
        batches.stream().map(AwaitedBatch::answer).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(answers).get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // Whoever takes the batch is told of a failure; what is late may be asked for again.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns copies of the batches, the first first, with the scores that are there now. */
  public List<AwaitedScores> snapshot() {
    List<AwaitedScores> copies = new ArrayList<>();
    for (AwaitedBatch batch : batches) {
      batch.fillIn(); // In this batch and in those behind it, which are copied later.
      copies.add(batch.snapshot());
    }
    return copies;
  }

  /** Calls off what has not been answered, and waits for the threads to end. */
  @Override
  public void close() {
    threads.shutdownNow();
    Uninterruptibles.awaitTerminationUninterruptibly(threads);
  }
}
