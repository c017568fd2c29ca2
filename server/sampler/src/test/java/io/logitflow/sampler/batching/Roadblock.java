package io.logitflow.sampler.batching;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import java.util.concurrent.CountDownLatch;

/**
 * Keeps the worker of a sampler with one worker busy until it is told to let go: a request of one
 * row whose consumer does what none may, and blocks.
 */
public final class Roadblock implements CandidateConsumer {
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  private Roadblock() {}

  /** Does something while the worker is blocked, from before it starts until it has ended. */
  public static void whileBusy(Sampler sampler, Runnable action) throws InterruptedException {
    Roadblock roadblock = new Roadblock();
    sampler.submit(SampleRequest.of(new float[] {1}, 1, 0, 0), roadblock);
    roadblock.reached.await();
    try {
      action.run();
    } finally {
      roadblock.released.countDown();
    }
  }

  @Override
  public void onCandidates(Candidates candidates, Subscription subscription) {
    subscription.consumed(candidates.rowCount());
    reached.countDown();
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onComplete() {}

  @Override
  public void onFailure(LogitFlowException failure) {}
}
