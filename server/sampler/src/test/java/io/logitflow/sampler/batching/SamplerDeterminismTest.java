package io.logitflow.sampler.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.session.ExecutionProvider;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same (bundle, seed, row, beta) is the same candidate to the bit, whatever else is in its
 * tile: 100,000 rows through twenty random batchings, of a rollout by tables and of one by its
 * network.
 */
final class SamplerDeterminismTest {
  private static final int ROWS = 100_000;
  private static final int BATCHINGS = 20;
  private static final long SEED = 77;
  private static final int LARGEST_REQUEST = 3_000;
  private static final float[] BETAS = {0.5f, 1, 1.75f, 3, 12};

  private final Path directory;

  SamplerDeterminismTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void givesTheSameBitsInEveryBatching(int formatVersion) throws Exception {
    Bundle bundle = Bundle.open(GoldenBundle.copyVersionTo(formatVersion, directory));
    assertThat(bundle.manifest().getRollout().hasTabulation()).isEqualTo(formatVersion == 3);
    long[] expected = null;
    for (int batching = 0; batching < BATCHINGS; batching++) {
      Random random = new Random(batching);
      SamplerOptions options =
          new SamplerOptions(
              1 + random.nextInt(3),
              1 + random.nextInt(batching % 2 == 0 ? 40 : 1_500),
              ROWS,
              ROWS,
              ExecutionProvider.CPU);
      long[] found = draw(bundle, options, random);
      expected = expected == null ? found : expected;
      assertThat(found).as("%s", options).isEqualTo(expected);
    }
  }

  /** Draws all rows in requests of random sizes, several at a time; a hash of the bits of each. */
  private static long[] draw(Bundle bundle, SamplerOptions options, Random random)
      throws Exception {
    long[] hashes = new long[ROWS];
    ExecutorService readers = Executors.newFixedThreadPool(1 + random.nextInt(4));
    try (Sampler sampler = Sampler.open(bundle, options)) {
      List<Future<?>> requests = new ArrayList<>();
      int first = 0;
      while (first < ROWS) {
        int block = first / (ROWS / BETAS.length);
        int left = (block + 1) * (ROWS / BETAS.length) - first;
        int rows = Math.min(1 + random.nextInt(LARGEST_REQUEST), left);
        SampleRequest request = SampleRequest.of(new float[] {BETAS[block]}, rows, first, SEED);
        requests.add(readers.submit(() -> read(sampler, request, hashes)));
        first += rows;
      }
      for (Future<?> request : requests) {
        request.get();
      }
    } finally {
      readers.shutdown();
    }
    return hashes;
  }

  private static void read(Sampler sampler, SampleRequest request, long[] hashes) {
    try (CandidateStream stream = sampler.stream(request)) {
      while (stream.hasNext()) {
        Candidates candidates = stream.next();
        ByteBuffer tokens = candidates.tokens();
        for (int i = 0; i < candidates.rowCount(); i++) {
          long hash = candidates.length(i);
          for (int at = 0; at < candidates.bytesPerRow(); at++) {
            hash = 31 * hash + tokens.get();
          }
          hash = 1_000_003 * hash + Float.floatToRawIntBits(candidates.logPf(i));
          hash = 1_000_003 * hash + Float.floatToRawIntBits(candidates.logPb(i));
          hash = 1_000_003 * hash + Float.floatToRawIntBits(candidates.logZ(i));
          hashes[Math.toIntExact(candidates.firstRow() + i)] = hash;
        }
      }
    }
  }
}
