package io.logitflow.trainer.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A request to stop (SIGTERM, or Ctrl-C at a terminal), held off until what was begun is saved: the
 * process lives until this is closed, or a minute at most.
 */
final class StopSignal implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch saved = new CountDownLatch(1);
  private final Thread hook = new Thread(this::await, "stop-signal");
  private volatile boolean received;

  StopSignal() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void await() {
    received = true;
    try {
      if (!saved.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("\ntrain: stopped before the round in progress ended");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether the process was asked to stop. */
  boolean received() {
    return received;
  }

  @Override
  public void close() {
    saved.countDown();
    if (!received) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The signal came between the last look at it and here; the latch is open already.
        received = true;
      }
    }
  }
}
