package io.logitflow.trainer.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.policy.TensorEngine;

/** The rate of large square matrix products through the engine that trains, in CPU time. */
final class MatrixRate implements AutoCloseable {
  /** Rows and columns: large enough for the full rate, small enough to be measured often. */
  static final int SIZE = 1024;

  private static final double OPERATIONS = 2.0 * SIZE * SIZE * SIZE;

  private final NDManager manager = TensorEngine.newManager();
  private final NDArray left = manager.ones(new Shape(SIZE, SIZE));
  private final NDArray right = manager.ones(new Shape(SIZE, SIZE));

  /** Measures one product: operations a millisecond. */
  double measure() {
    double start = ThreadMeter.cpuMilliseconds();
    left.matMul(right).close();
    return OPERATIONS / (ThreadMeter.cpuMilliseconds() - start);
  }

  @Override
  public void close() {
    manager.close();
  }
}
