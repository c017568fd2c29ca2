package io.logitflow.sampler.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.session.DecodingBuffers;
import io.logitflow.sampler.session.DecodingSession;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.sampler.session.RolloutBuffers;
import io.logitflow.sampler.session.RolloutSession;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CandidatesTest {
  private final Bundle bundle;
  private final RolloutSession session;
  private final RolloutBuffers buffers;

  CandidatesTest(@TempDir Path directory) {
    bundle = GoldenBundle.open(directory);
    session = RolloutSession.open(bundle, ExecutionProvider.CPU);
    buffers = session.newBuffers(8);
    for (int row = 0; row < 8; row++) {
      buffers.beta().put(row, 0.5F + row);
    }
    new CounterRandom().fill(1, 0, 8, buffers.uniform(), 0, buffers.shape().steps());
    session.run(buffers, 8);
  }

  @AfterEach
  void close() {
    buffers.close();
    session.close();
  }

  @Test
  void copiesASliceThatOutlivesTheBuffers() {
    Candidates candidates = Candidates.copyOf(bundle, buffers, 2, 3, 100);
    byte firstToken = buffers.tokens().get(2 * buffers.shape().bytesPerRow());
    buffers.tokens().put(2 * buffers.shape().bytesPerRow(), (byte) 99);
    buffers.logPf().put(2, 99);

    assertThat(candidates.firstRow()).isEqualTo(100);
    assertThat(candidates.rowCount()).isEqualTo(3);
    assertThat(candidates.tokens().get(0)).isEqualTo(firstToken);
    assertThat(candidates.beta(1)).isEqualTo(3.5F);
    assertThat(candidates.logPf(0)).isNegative();
    assertThat(candidates.tokens().isReadOnly()).isTrue();
  }

  @Test
  void impliesTheRewardByTrajectoryBalance() {
    buffers.logZ().put(4, 10);
    buffers.logPf().put(4, -4);
    buffers.logPb().put(4, -1.5F);

    Candidates candidates = Candidates.copyOf(bundle, buffers, 4, 1, 0);

    assertThat(candidates.impliedLogReward(0)).isCloseTo(7.5F / 4.5F, within(1e-6F));
  }

  @Test
  void refusesABetaOutsideTheTrainedRangeWhoseNumbersAreNotFinite() {
    buffers.logZ().put(0, Float.NaN);
    buffers.length().put(0, 0);
    assertThatThrownBy(() -> Candidates.copyOf(bundle, buffers, 0, 1, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "beta: found 0.5, expected a beta at which the model's numbers are finite (trained on"
                + " 1.0 to 3.0)");
  }

  @Test
  void refusesARewardThatIsNotFinite() {
    buffers.logZ().put(1, 3e38F);
    buffers.logPf().put(1, -1);
    buffers.logPb().put(1, -3e38F);
    assertThatThrownBy(() -> Candidates.copyOf(bundle, buffers, 1, 1, 0))
        .isInstanceOfSatisfying(
            LogitFlowException.class, e -> assertThat(e.category()).isEqualTo(Category.FAILED))
        .hasMessage(
            "the model's rollout gave log_pf -1.0, log_pb -3.0E38, log_z 3.0E38,"
                + " implied log reward Infinity at beta 1.5, row 0");
  }

  @Test
  void refusesWhatNoModelMaySay() {
    buffers.logPb().put(1, Float.NaN);
    assertThatThrownBy(() -> Candidates.copyOf(bundle, buffers, 0, 4, 50))
        .hasMessageMatching(
            "the model's rollout gave log_pf \\S+, log_pb NaN, log_z \\S+, implied log reward NaN"
                + " at beta 1.5, row 51");

    buffers.length().put(3, buffers.shape().rowWidth() + 1);
    assertThatThrownBy(() -> Candidates.copyOf(bundle, buffers, 3, 1, 0))
        .hasMessage("the model's rollout gave length 4 at beta 3.5, row 0");

    buffers.length().put(2, 0);
    assertThatThrownBy(() -> Candidates.copyOf(bundle, buffers, 2, 1, 0))
        .hasMessage("the model's rollout gave length 0 at beta 2.5, row 0");

    buffers.tokens().put(6 * buffers.shape().bytesPerRow(), (byte) 200);
    assertThatThrownBy(() -> Candidates.copyOf(bundle, buffers, 5, 2, 0))
        .hasMessage("the model's rollout gave token 200 at beta 6.5, row 1");
  }

  @Test
  void readsBothBytesOfATokenOfTwo(@TempDir Path wideDirectory) {
    Bundle wide = GoldenBundle.openWide(wideDirectory);
    try (RolloutSession wideSession = RolloutSession.open(wide, ExecutionProvider.CPU);
        RolloutBuffers wideBuffers = wideSession.newBuffers(4)) {
      wideBuffers.beta().put(0, 2);
      wideSession.run(wideBuffers, 1);
      // 0x012B and 0x012C: the last of the 300 tokens, and one more.
      wideBuffers.tokens().put(4, (byte) 0x2B).put(5, (byte) 1);
      assertThat(Candidates.copyOf(wide, wideBuffers, 0, 1, 0).rowCount()).isEqualTo(1);

      wideBuffers.tokens().put(4, (byte) 0x2C);
      assertThatThrownBy(() -> Candidates.copyOf(wide, wideBuffers, 0, 1, 0))
          .hasMessage("the model's rollout gave token 300 at beta 2.0, row 0");
    }
  }

  @Test
  void selectsEveryColumnOfARow() {
    try (DecodingSession decoding = new DecodingSession(bundle, ExecutionProvider.CPU);
        DecodingBuffers decoded = decoding.newBuffers(buffers)) {
      for (int row = 0; row < 8; row++) {
        buffers.length().put(row, 1 + row % 3);
        decoded.logPfDrawn().put(row, -100 - row);
        buffers.logPf().put(row, -200 - row);
        buffers.logPb().put(row, -300 - row);
        buffers.logZ().put(row, 400 + row);
      }
      Candidates all = Candidates.copyOf(bundle, decoded, 1, 7, 50);
      int[] indices = {0, 3, 6};

      Candidates selected = all.select(indices);

      assertThat(selected.isSelection()).isTrue();
      assertThat(selected.rowCount()).isEqualTo(3);
      for (int i = 0; i < indices.length; i++) {
        int row = 1 + indices[i];
        assertThat(selected.row(i)).isEqualTo(50 + indices[i]);
        assertThat(selected.tokens().slice(3 * i, 3)).isEqualTo(buffers.tokens().slice(3 * row, 3));
        assertThat(selected.length(i)).isEqualTo(1 + row % 3);
        assertThat(selected.beta(i)).isEqualTo(0.5F + row);
        assertThat(selected.logPfDrawn(i)).isEqualTo(-100 - row);
        assertThat(selected.logPf(i)).isEqualTo(-200 - row);
        assertThat(selected.logPb(i)).isEqualTo(-300 - row);
        assertThat(selected.logZ(i)).isEqualTo(400 + row);
      }
    }
  }
}
