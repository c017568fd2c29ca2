package io.logitflow.exporter.parity;

import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.trainer.environment.ObjectBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/** Candidates of the sampler as the trainer's objects. */
final class DrawnObjects {
  private DrawnObjects() {}

  /**
   * Returns the objects.
   *
   * @param bundle what they were drawn from
   * @param candidates n of them
   */
  static ObjectBatch of(Bundle bundle, Candidates candidates) {
    int rows = candidates.rowCount();
    int width = bundle.rowWidth();
    int bytesPerToken = bundle.vocabulary().bytesPerToken();
    ByteBuffer bytes = candidates.tokens().order(ByteOrder.LITTLE_ENDIAN);
    int[] tokens = new int[rows * width];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = bytesPerToken == 1 ? bytes.get(i) & 0xFF : bytes.getShort(i * Short.BYTES);
    }
    int[] lengths = IntStream.range(0, rows).map(candidates::length).toArray();
    return new ObjectBatch(rows, width, tokens, lengths);
  }
}
