package io.logitflow.sampler;

import io.logitflow.sampler.batching.CandidateStream;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** All that a request returned, bit by bit, however it was cut into chunks. */
public final class RowBytes {
  private RowBytes() {}

  /** Samples a request to its end. */
  public static byte[] of(Sampler sampler, SampleRequest request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CandidateStream stream = sampler.stream(request);
        DataOutputStream output = new DataOutputStream(bytes)) {
      while (stream.hasNext()) {
        write(stream.next(), output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(Candidates candidates, DataOutputStream output) throws IOException {
    for (int i = 0; i < candidates.rowCount(); i++) {
      byte[] tokens = new byte[candidates.bytesPerRow()];
      candidates.tokens().get(i * tokens.length, tokens);
      output.writeLong(candidates.firstRow() + i);
      output.write(tokens);
      output.writeInt(candidates.length(i));
      output.writeFloat(candidates.logPf(i));
      output.writeFloat(candidates.logPfDrawn(i));
      output.writeFloat(candidates.logPb(i));
      output.writeFloat(candidates.logZ(i));
      output.writeFloat(candidates.impliedLogReward(i));
    }
  }
}
