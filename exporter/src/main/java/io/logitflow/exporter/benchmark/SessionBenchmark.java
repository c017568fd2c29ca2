package io.logitflow.exporter.benchmark;

import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.sampler.session.RolloutSession;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The start of a session: a bundle read, checked and loaded. */
@State(Scope.Thread)
public class SessionBenchmark {
  /** Directory of the bundle. */
  @Param("")
  public String bundle = "";

  /** Starts and closes a session. */
  @Benchmark
  public void start() {
    RolloutSession.open(Bundle.open(Path.of(bundle)), ExecutionProvider.CPU).close();
  }
}
