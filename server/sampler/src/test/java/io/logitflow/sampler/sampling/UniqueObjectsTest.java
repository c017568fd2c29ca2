package io.logitflow.sampler.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.batching.CandidateStream;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.sampler.session.RolloutBuffers;
import io.logitflow.sampler.session.RolloutSession;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UniqueObjectsTest {
  private static final SampleRequest REQUEST = SampleRequest.of(new float[] {2}, 2_000, 100, 4);

  private final Bundle bundle;

  UniqueObjectsTest(@TempDir Path directory) {
    bundle = GoldenBundle.open(directory);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 32, 256, 1_024})
  void keepsEachObjectAsItFirstComesHoweverRowsAreCut(int tileRows) {
    UniqueObjects unique = new UniqueObjects(30);
    Map<String, Long> found = new LinkedHashMap<>();
    try (Sampler sampler = sampler(tileRows);
        CandidateStream stream = sampler.stream(REQUEST)) {
      while (!unique.enough()) {
        unique.keep(stream.next()).ifPresent(kept -> putNew(found, kept));
      }
    }
    Map<String, Long> expected = firstRows(30);
    assertThat(found).containsExactlyEntriesOf(expected);
    assertThat(unique.unique()).isEqualTo(30);
    long last = expected.values().stream().mapToLong(Long::longValue).max().orElseThrow();
    assertThat(unique.draws()).isEqualTo(last - 100 + 1);
  }

  @Test
  void takesEveryRowWhereThereAreNotEnough() {
    UniqueObjects unique = new UniqueObjects(65);
    Map<String, Long> found = new LinkedHashMap<>();
    try (Sampler sampler = sampler(32);
        CandidateStream stream = sampler.stream(REQUEST)) {
      while (stream.hasNext()) {
        unique.keep(stream.next()).ifPresent(kept -> putNew(found, kept));
      }
    }
    assertThat(unique.enough()).isFalse();
    assertThat(unique.draws()).isEqualTo(2_000);
    assertThat(unique.unique()).isEqualTo(found.size());
    assertThat(found).containsExactlyEntriesOf(firstRows(65));
  }

  @Test
  void tellsATokenFromThePaddingThatLooksLikeIt() {
    try (RolloutSession session = RolloutSession.open(bundle, ExecutionProvider.CPU);
        RolloutBuffers buffers = session.newBuffers(4)) {
      int[] lengths = {1, 2, 1, 3};
      for (int row = 0; row < lengths.length; row++) {
        buffers.beta().put(row, 2);
      }
      session.run(buffers, lengths.length);
      buffers.length().put(0, lengths);
      buffers.tokens().put(0, new byte[lengths.length * buffers.shape().bytesPerRow()]);

      UniqueObjects unique = new UniqueObjects(10);
      Candidates kept =
          unique.keep(Candidates.copyOf(bundle, buffers, 0, lengths.length, 0)).orElseThrow();

      assertThat(unique.unique()).isEqualTo(3);
      assertThat(IntStream.range(0, kept.rowCount()).map(kept::length)).containsExactly(1, 2, 3);
    }
  }

  /** Returns the first row of each of the first objects, as a plain look at all rows finds them. */
  private Map<String, Long> firstRows(int most) {
    Map<String, Long> first = new LinkedHashMap<>();
    try (Sampler sampler = sampler(64);
        CandidateStream stream = sampler.stream(REQUEST)) {
      while (stream.hasNext()) {
        Candidates all = stream.next();
        for (int i = 0; i < all.rowCount(); i++) {
          if (first.size() < most) {
            first.putIfAbsent(textOf(all, i), all.firstRow() + i);
          }
        }
      }
    }
    return first;
  }

  private void putNew(Map<String, Long> found, Candidates kept) {
    assertThat(kept.isSelection()).isTrue();
    for (int i = 0; i < kept.rowCount(); i++) {
      assertThat(found.put(textOf(kept, i), kept.row(i))).isNull();
      assertThat(kept.beta(i)).isEqualTo(2);
      assertThat(kept.logPf(i)).isNegative();
    }
  }

  private String textOf(Candidates candidates, int i) {
    return bundle
        .vocabulary()
        .text(candidates.tokens(), i * candidates.bytesPerRow(), candidates.length(i));
  }

  private Sampler sampler(int tileRows) {
    return Sampler.open(
        bundle, new SamplerOptions(2, tileRows, 10_000, 10_000, ExecutionProvider.CPU));
  }
}
