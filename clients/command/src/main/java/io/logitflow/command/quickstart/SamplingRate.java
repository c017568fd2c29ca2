package io.logitflow.command.quickstart;

import io.logitflow.client.BlockStream;
import io.logitflow.client.SampleQuery;
import io.logitflow.client.SamplerClient;

/**
 * How fast a server answered one query, as a Java program sees it that takes the rows block by
 * block.
 *
 * @param candidatesPerSecond from the call to its last row
 * @param extrapolated whether the server marked the inverse temperature as outside of training
 */
record SamplingRate(double candidatesPerSecond, boolean extrapolated) {
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * Samples and takes the time.
   *
   * @param query for one inverse temperature
   * @throws io.logitflow.contract.LogitFlowException if the call fails
   */
  static SamplingRate measure(SamplerClient client, SampleQuery query) {
    long start = System.nanoTime();
    try (BlockStream blocks = client.sampleBlocks(query)) {
      blocks.forEachRemaining(block -> {});
      double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
      return new SamplingRate(query.count() / seconds, blocks.extrapolated(0));
    }
  }
}
