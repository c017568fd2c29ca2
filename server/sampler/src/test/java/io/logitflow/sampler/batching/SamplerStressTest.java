package io.logitflow.sampler.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.session.ExecutionProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many readers at once, of which some give up: whatever the interleaving, no row is lost. */
final class SamplerStressTest {
  private static final int READERS = 12;
  private static final int REQUESTS = 60;

  private final Path directory;

  SamplerStressTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void losesNoRowAndFreesEveryRow() throws Exception {
    SamplerOptions options = new SamplerOptions(3, 16, 3_000, 1_000, ExecutionProvider.CPU);
    ExecutorService pool = Executors.newFixedThreadPool(READERS);
    try (Sampler sampler = Sampler.open(GoldenBundle.open(directory), options)) {
      List<Future<Integer>> readers = new ArrayList<>();
      for (int reader = 0; reader < READERS; reader++) {
        Random choices = new Random(reader);
        readers.add(pool.submit(() -> read(sampler, choices)));
      }
      int admitted = 0;
      for (Future<Integer> reader : readers) {
        admitted += reader.get();
      }

      assertThat(admitted).isGreaterThan(READERS);
      assertThat(sampler.outstandingRows()).isZero();
    } finally {
      pool.shutdown();
    }
  }

  /** Reads requests of random sizes, gives up on every fourth; returns how many were admitted. */
  private static int read(Sampler sampler, Random choices) {
    int admitted = 0;
    for (int i = 0; i < REQUESTS; i++) {
      int rows = 1 + choices.nextInt(choices.nextBoolean() ? 5 : 1_000);
      boolean givesUp = choices.nextInt(4) == 0;
      try (CandidateStream stream = sampler.stream(SampleRequest.of(new float[] {1}, rows, 0, i))) {
        long next = 0;
        while (stream.hasNext() && !(givesUp && next > rows / 2)) {
          Candidates candidates = stream.next();
          assertThat(candidates.firstRow()).isEqualTo(next);
          next += candidates.rowCount();
        }
        assertThat(givesUp ? rows : next).isEqualTo(rows);
        admitted++;
      } catch (LogitFlowException e) {
        assertThat(e.category()).isEqualTo(Category.OVERLOADED);
      }
    }
    return admitted;
  }
}
