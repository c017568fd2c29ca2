package io.logitflow.exporter.benchmark;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What JMH measured of one operation: the median of its iterations.
 *
 * @param seconds of an operation
 * @param allocatedBytes on the Java heap, by an operation
 */
record Measurement(double seconds, double allocatedBytes) {
  private static final int ITERATIONS = 3;
  private static final double PERCENT = 50;

  /**
   * Measures in this process, on one thread.
   *
   * @param benchmark the class of the benchmark, with one method
   * @param parameters its parameters by name
   * @param milliseconds of an iteration; one warms up, three count
   */
  static Measurement of(Class<?> benchmark, Map<String, Object> parameters, long milliseconds) {
    // Whether something else measures at the same time is the user's to know; it is no fault.
    System.setProperty("jmh.ignoreLock", "true");
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\b" + benchmark.getSimpleName() + "\\.")
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .forks(0)
            .threads(1)
            .warmupIterations(1)
            .warmupTime(TimeValue.milliseconds(milliseconds))
            .measurementIterations(ITERATIONS)
            .measurementTime(TimeValue.milliseconds(milliseconds))
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    parameters.forEach((name, value) -> options.param(name, value.toString()));
    try {
      Collection<RunResult> results = new Runner(options.build()).run();
      RunResult result = results.iterator().next();
      Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
      return new Measurement(
          result.getPrimaryResult().getStatistics().getPercentile(PERCENT) / 1e9,
          allocated == null ? Double.NaN : allocated.getStatistics().getPercentile(PERCENT));
    } catch (RunnerException e) {
      throw new IllegalStateException("JMH: " + e.getMessage(), e);
    }
  }
}
