package io.logitflow.exporter.benchmark;

import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.CounterRandom;
import io.logitflow.sampler.session.CudaProvider;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.sampler.session.RolloutBuffers;
import io.logitflow.sampler.session.RolloutSession;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One run of a bundle's rollout, as a worker of the sampler makes it, uniforms drawn included. */
@State(Scope.Thread)
public class RolloutBenchmark {
  private static final float BETA = 2;

  /** Directory of the bundle. */
  @Param("")
  public String bundle = "";

  /** Rows of the run. */
  @Param("256")
  public int rows;

  /** Number of the GPU; below 0 for the CPU. */
  @Param("-1")
  public int device;

  /** Bytes that the arena on the GPU may take. */
  @Param("9223372036854775807")
  public long memoryLimit;

  /** Whether matrix products on the GPU may round to TF32. */
  @Param("false")
  public boolean tf32;

  private final CounterRandom random = new CounterRandom();
  private RolloutSession session;
  private RolloutBuffers buffers;
  private long firstRow;

  /** Opens the session. */
  @Setup
  public void open() {
    ExecutionProvider provider =
        device < 0 ? ExecutionProvider.CPU : new CudaProvider(device, memoryLimit, tf32);
    session = RolloutSession.open(Bundle.open(Path.of(bundle)), provider);
    buffers = session.newBuffers(rows);
  }

  /** Draws {@code rows} candidates. */
  @Benchmark
  public void draw() {
    int steps = buffers.shape().steps();
    for (int row = 0; row < rows; row++) {
      buffers.beta().put(row, BETA);
    }
    random.fill(0, firstRow, rows, buffers.uniform(), 0, steps);
    firstRow += rows;
    session.run(buffers, rows);
  }

  /** Closes the session. */
  @TearDown
  public void close() {
    buffers.close();
    session.close();
  }
}
