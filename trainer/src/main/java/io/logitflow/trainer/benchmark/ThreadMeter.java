package io.logitflow.trainer.benchmark;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What the current thread has used up so far. */
final class ThreadMeter {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private ThreadMeter() {}

  /** Returns its CPU time in milliseconds. */
  static double cpuMilliseconds() {
    return THREADS.getCurrentThreadCpuTime() / 1e6;
  }

  /** Returns the bytes that it has allocated on the heap. */
  static long allocatedBytes() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
