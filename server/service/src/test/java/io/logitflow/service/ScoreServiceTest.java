package io.logitflow.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.oracle.ExactDistribution;
import io.logitflow.v1.DescribeModelRequest;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.ScoreObjectsRequest;
import io.logitflow.v1.ScoreObjectsResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores over a real connection: of the golden bundle, whose 64 strings have exact ones. */
final class ScoreServiceTest {
  private static final int OBJECTS = 64;

  private final Path directory;
  private Rig rig;

  ScoreServiceTest(@TempDir Path directory) {
    this.directory = directory;
    rig = Rig.start(directory, 1, 32);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void givesTheProbabilitiesOfEnumeration() {
    ScoreObjectsRequest request = request().addBeta(5).setSeed(-3).build();
    ScoreObjectsResponse response = rig.stub().score(request);

    assertThat(response.getExact()).isTrue();
    assertThat(response.getSeed()).isEqualTo(-3);
    assertThat(response.getExtrapolatedList()).containsExactly(false, true);
    assertThat(response.getLogPCount()).isEqualTo(2 * OBJECTS);
    assertThat(response.getStandardErrorList()).hasSize(2 * OBJECTS).containsOnly(0F);
    Bundle bundle = Bundle.open(directory);
    for (int j = 0; j < 2; j++) {
      double[] expected = ExactDistribution.of(bundle, request.getBeta(j));
      for (int i = 0; i < OBJECTS; i++) {
        assertThat((double) response.getLogP(j * OBJECTS + i))
            .isCloseTo(Math.log(expected[i]), within(1e-4));
      }
    }
  }

  @Test
  void saysThatScoresAreExactAndHowManyFitInARequest() {
    DescribeModelResponse model =
        rig.stub().describeModel(DescribeModelRequest.getDefaultInstance());

    assertThat(model.getScoring().getKind()).isEqualTo("exact");
    assertThat(model.getLimits().getMaximumScoredObjects()).isEqualTo(1_000);
    assertThat(model.getEnvironment().getMinimumLength()).isEqualTo(3);
    ScoreObjectsRequest largest =
        request()
            .addAllBeta(Collections.nCopies(99, 2F))
            .setTokens(ByteString.copyFrom(new byte[3 * 1_000]))
            .clearLength()
            .addAllLength(Collections.nCopies(1_000, 3))
            .build();
    assertThat(rig.stub().score(largest).getLogPList()).hasSize(100_000).doesNotContain(Float.NaN);
    refuses(
        largest.toBuilder().addBeta(1).build(),
        "beta and length: found 101 x 1000 scores, expected at most 100000");
    refuses(
        largest.toBuilder().addLength(3).build(),
        "length: found 1001 values, expected at most 1000");
  }

  @Test
  void namesWhatIsWrong() {
    refuses(
        request().addBeta(-1).setLength(3, 2).setTrajectories(1).build(),
        """
        beta[1]: found -1.0, expected a finite number above 0
        trajectories: found 1, expected 2 to 10000
        length[3]: found 2, expected 3""");
    refuses(
        ScoreObjectsRequest.getDefaultInstance(),
        """
        beta: found 0 values, expected 1 to 1000 values
        length: found no values, expected one for each object""");
  }

  @Test
  void refusesAModelWithoutAGraphOfScores() {
    rig.close();
    GoldenBundle.openWithoutScores(directory);
    rig = Rig.startAt(directory, 1, 32, Duration.ZERO);

    assertThat(rig.stub().describeModel(DescribeModelRequest.getDefaultInstance()).hasScoring())
        .isFalse();
    refuses(
        request().build(),
        "the model: found no graph of role SCORE, expected one, which a bundle of format 3 has"
            + " where trajectories are not too long");
  }

  private void refuses(ScoreObjectsRequest request, String message) {
    assertThatThrownBy(() -> rig.stub().score(request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            failure -> {
              assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              assertThat(failure.getStatus().getDescription()).isEqualTo(message);
            });
  }

  /** Returns a request for all strings by their value in base 4, at β = 2. */
  private static ScoreObjectsRequest.Builder request() {
    ScoreObjectsRequest.Builder request = ScoreObjectsRequest.newBuilder().addBeta(2);
    byte[] tokens = new byte[3 * OBJECTS];
    for (int i = 0; i < OBJECTS; i++) {
      tokens[3 * i] = (byte) (i / 16);
      tokens[3 * i + 1] = (byte) (i / 4 % 4);
      tokens[3 * i + 2] = (byte) (i % 4);
      request.addLength(3);
    }
    return request.setTokens(ByteString.copyFrom(tokens));
  }
}
