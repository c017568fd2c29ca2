package io.logitflow.exporter.benchmark;

import io.logitflow.exporter.bundle.VerifiedManifest;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.CounterRandom;
import io.logitflow.trainer.environment.StateBatch;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Sampling with a bundle's policy step by step. */
@State(Scope.Thread)
public class StepwiseBenchmark {
  /** Directory of the bundle. */
  @Param("")
  public String bundle = "";

  /** Trajectories at a time. */
  @Param("256")
  public int rows;

  private final CounterRandom random = new CounterRandom();
  private StepwiseSampler sampler;
  private FloatBuffer uniforms;
  private int steps;
  private long firstRow;

  /** Opens the policy. */
  @Setup
  public void open() {
    Bundle opened = Bundle.open(Path.of(bundle));
    steps = opened.steps();
    uniforms = FloatBuffer.allocate(rows * steps);
    sampler = new StepwiseSampler(opened, VerifiedManifest.of(opened).environment(), rows, 1);
  }

  /** Draws {@code rows} candidates. */
  @Benchmark
  public StateBatch draw() {
    random.fill(0, firstRow, rows, uniforms, 0, steps);
    firstRow += rows;
    return sampler.draw(uniforms);
  }

  /** Closes the policy. */
  @TearDown
  public void close() {
    sampler.close();
  }
}
