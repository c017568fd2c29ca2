package io.logitflow.sampler.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.scoring.ScoreRequest.Objects;
import io.logitflow.sampler.scoring.ScoreRequest.Trajectories;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The golden bundle's objects are strings of three out of four tokens. */
final class ScoreRequestTest {
  private static final Trajectories DRAWN = Trajectories.ofSeed(5);
  private static final float[] ONE = {1};

  @TempDir private Path directory;
  private Bundle bundle;

  @BeforeEach
  void openBundle() {
    bundle = GoldenBundle.open(directory);
  }

  @Test
  void keepsItsOwnCopies() {
    float[] betas = {1};
    byte[] tokens = {0, 1, 2};
    int[] lengths = {3};
    ScoreRequest request =
        ScoreRequest.of(bundle, betas, new Objects(ByteBuffer.wrap(tokens), lengths), DRAWN);
    betas[0] = 9;
    tokens[0] = 9;
    lengths[0] = 9;

    assertThat(request.beta(0)).isEqualTo(1);
    assertThat(request.tokens().get(0)).isZero();
    assertThat(request.length(0)).isEqualTo(3);
    assertThat(request.trajectories()).as("of a score that draws none").isEqualTo(1);
    assertThat(request.rows()).isEqualTo(1);
  }

  @Test
  void namesTheObjectThatTheModelCannotBuild() {
    refuses(
        bytes(0, 1, 2, 3, 3, 4),
        new int[] {3, 3},
        "object 1, token 2: found 4, expected a" + " token id below 4");
    refuses(bytes(0, 1, 2, 3, 3, 0), new int[] {3, 2}, "length[1]: found 2, expected 3");
    refuses(bytes(0, 1, 2), new int[] {4}, "length[0]: found 4, expected 3");
  }

  @Test
  void namesATokenBehindTheEnd() {
    GoldenBundle.rewrite(
        directory,
        manifest -> {
          manifest.getEnvironmentBuilder().setMinimumLength(1);
          return manifest;
        });
    bundle = Bundle.open(directory);
    refuses(
        bytes(0, 1, 2),
        new int[] {2},
        "object 0, token 2: found 2, expected 0 after the end of an object of 2");
    refuses(bytes(0, 1, 2), new int[] {0}, "length[0]: found 0, expected 1 to 3");
  }

  @Test
  void refusesColumnsOfOtherSizes() {
    refuses(
        bytes(0, 1),
        new int[] {3, 3},
        "tokens: found 2 bytes, expected 6, 3 for each of 2 objects");
    refuses(bytes(), new int[] {}, "length: found no values, expected one for each object");
  }

  @Test
  void namesTenObjectsAndCountsTheRest() {
    assertThatThrownBy(() -> request(bytes(new int[36]), new int[12], DRAWN, ONE))
        .message()
        .startsWith("length[0]: found 0, expected 3\n")
        .endsWith(
            "length[9]: found 0, expected 3\n"
                + "tokens: found 2 further faults, expected objects of this model");
  }

  @Test
  void refusesWhatTheOtherFieldsMayNotBe() {
    assertThatThrownBy(
            () ->
                request(bytes(0, 1, 2), new int[] {3}, new Trajectories(1, -1, 0), new float[] {0}))
        .hasMessage(
            """
            beta[0]: found 0.0, expected a finite number above 0
            trajectories: found 1, expected 2 to 10000
            first_object: found -1, expected 0 to 922337203685476"""
                .replace("922337203685476", Long.toString(Long.MAX_VALUE / 10_000 - 1)));
  }

  @Test
  void refusesAFirstObjectWhoseTrajectoriesHaveNoNumbers() {
    long largest = Long.MAX_VALUE / 10_000 - 1;
    for (long first : new long[] {largest + 1, Long.MAX_VALUE}) {
      assertThatThrownBy(
              () -> request(bytes(0, 1, 2), new int[] {3}, new Trajectories(2, first, 0), ONE))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("first_object: found " + first + ", expected 0 to " + largest);
    }
    assertThat(
            request(bytes(0, 1, 2), new int[] {3}, new Trajectories(2, largest, 0), ONE)
                .firstObject())
        .isEqualTo(largest);
  }

  @Test
  void refusesABetaThatTheModelDoesNotAnswer() {
    bundle = GoldenBundle.openUnconditioned(directory, 2);
    assertThatThrownBy(() -> request(bytes(0, 1, 2), new int[] {3}, DRAWN, new float[] {2, 1}))
        .hasMessage(
            "beta[1]: found 1.0, expected 2.0, the one beta that this model answers: it is not"
                + " conditioned on beta");
  }

  private void refuses(byte[] tokens, int[] lengths, String message) {
    assertThatThrownBy(() -> request(tokens, lengths, DRAWN, ONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  private ScoreRequest request(
      byte[] tokens, int[] lengths, Trajectories trajectories, float[] betas) {
    return ScoreRequest.of(
        bundle, betas, new Objects(ByteBuffer.wrap(tokens), lengths), trajectories);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
