package io.logitflow.exporter.benchmark;

import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.CounterRandom;
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

  private final CounterRandom random = new CounterRandom();
  private RolloutSession session;
  private RolloutBuffers buffers;
  private long firstRow;

  /** Opens the session. */
  @Setup
  public void open() {
    session = RolloutSession.open(Bundle.open(Path.of(bundle)), ExecutionProvider.CPU);
    buffers = session.newBuffers(rows);
  }

  /** Draws {@code rows} candidates. */
  @Benchmark
  public void draw() {
    int steps = buffers.shape().steps();
    for (int row = 0; row < rows; row++) {
      buffers.beta().put(row, BETA);
      random.fill(0, firstRow++, buffers.uniform(), row * steps, steps);
    }
    session.run(buffers, rows);
  }

  /** Closes the session. */
  @TearDown
  public void close() {
    buffers.close();
    session.close();
  }
}
