package io.logitflow.sampler.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Sha256;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.onnx.ModelBounds;
import io.logitflow.sampler.oracle.ExactDistribution;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.CounterRandom;
import io.logitflow.v1.Graph.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RolloutSessionTest {
  private static final int ROWS = 256;

  private final Path directory;

  RolloutSessionTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void givesARowTheSameBitsInTilesOfAnySize() {
    try (RolloutSession session = open(GoldenBundle.open(directory));
        RolloutBuffers buffers = session.newBuffers(ROWS)) {
      List<String> whole = run(session, buffers, 0, ROWS);
      for (int rows : new int[] {1, 2, 3, 4, 5, 7, 8, 13, 64, 100, 255}) {
        List<String> pieces = new ArrayList<>();
        for (int first = 0; first < ROWS; first += rows) {
          pieces.addAll(run(session, buffers, first, Math.min(rows, ROWS - first)));
        }
        assertThat(pieces).as("tiles of %s rows", rows).isEqualTo(whole);
      }
      assertThat(whole.stream().distinct().count()).isGreaterThan(100);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 0x1.fffffep-1F})
  void takesTheEndsOfTheUnitInterval(float uniform) {
    Bundle bundle = GoldenBundle.open(directory);
    try (RolloutSession session = open(bundle);
        RolloutBuffers buffers = session.newBuffers(4)) {
      buffers.beta().put(0, 1);
      for (int step = 0; step < session.shape().steps(); step++) {
        buffers.uniform().put(step, uniform);
      }
      session.run(buffers, 1);

      Candidates candidates = Candidates.copyOf(bundle, buffers, 0, 1, 0);
      assertThat(candidates.logPf(0)).isBetween(-100F, 0F);
    }
  }

  @Test
  void agreesWithThePartitionGraph() {
    Bundle bundle = GoldenBundle.open(directory);
    try (RolloutSession session = open(bundle);
        RolloutBuffers buffers = session.newBuffers(4)) {
      buffers.beta().put(0, 2.5F);
      session.run(buffers, 1);

      assertThat(buffers.logZ().get(0))
          .isCloseTo(ExactDistribution.logPartition(bundle, 2.5F), Offset.offset(1e-4F));
    }
  }

  @Test
  void countsItsRuns() {
    try (RolloutSession session = open(GoldenBundle.open(directory));
        RolloutBuffers buffers = session.newBuffers(4)) {
      run(session, buffers, 0, 3);
      run(session, buffers, 0, 4);

      assertThat(session.runs()).isEqualTo(2);
      assertThat(buffers.maximumRows()).isEqualTo(4);
    }
  }

  @Test
  void refusesAFileThatChangedAfterItWasChecked() throws IOException {
    Bundle bundle = GoldenBundle.open(directory);
    Path rollout = bundle.path(Role.ROLLOUT);
    byte[] content = Files.readAllBytes(rollout);
    content[content.length - 1] ^= 1;
    Files.write(rollout, content);

    assertThatThrownBy(() -> open(bundle).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "%s: found SHA-256 %s, expected %s, as the manifest says",
            rollout, Sha256.of(content), bundle.graph(Role.ROLLOUT).getFile().getSha256());
  }

  @Test
  void refusesATileThatMayTakeMoreThanARunMay() {
    Bundle bundle = GoldenBundle.open(directory);
    long perRow = bundle.summary(Role.ROLLOUT).memory().bytesPerRow();
    int most = (int) (ModelBounds.LARGEST_RUN / perRow);
    try (RolloutSession session = open(bundle)) {
      assertThatThrownBy(() -> session.newBuffers(most + 1))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "tile: found %d rows of up to %d bytes in a run, expected at most %d rows",
              most + 1, perRow, most);
    }
  }

  private static RolloutSession open(Bundle bundle) {
    return RolloutSession.open(bundle, ExecutionProvider.CPU);
  }

  /** Runs rows of a fixed sequence in one tile; a line of exact values for each. */
  private static List<String> run(
      RolloutSession session, RolloutBuffers buffers, int first, int rows) {
    int steps = session.shape().steps();
    CounterRandom random = new CounterRandom();
    for (int i = 0; i < rows; i++) {
      buffers.beta().put(i, 0.25F + (first + i) % 17);
    }
    random.fill(11, first, rows, buffers.uniform(), 0, steps);
    session.run(buffers, rows);
    List<String> lines = new ArrayList<>();
    int width = session.shape().bytesPerRow();
    for (int i = 0; i < rows; i++) {
      byte[] tokens = new byte[width];
      buffers.tokens().get(i * width, tokens);
      lines.add(
          Arrays.toString(tokens)
              + buffers.length().get(i)
              + " "
              + Float.toHexString(buffers.logPf().get(i))
              + " "
              + Float.toHexString(buffers.logPb().get(i))
              + " "
              + Float.toHexString(buffers.logZ().get(i)));
    }
    return lines;
  }
}
