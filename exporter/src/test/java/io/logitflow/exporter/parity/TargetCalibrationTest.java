package io.logitflow.exporter.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.trainer.config.LogRewardConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.reward.LogRewardTransform;
import io.logitflow.trainer.reward.Reward;
import io.logitflow.v1.Calibration;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetCalibrationTest {
  /** One trajectory an object, so that what the model implies of an object is one number. */
  private final TrainedModel model =
      RandomModel.of(
          "{type: autoregressive, tokens: [A, C, G], length: 4}",
          "{type: logit-scale, form: positive}",
          "uniform",
          "trajectory-balance",
          9);

  @TempDir private Path directory;

  @Test
  void measuresNoResidualOfAModelThatHasItsTarget() {
    List<Calibration> calibration = measure(implied(1, 1, 1));
    assertThat(calibration).extracting(Calibration::getBeta).containsExactly(1f, 2f, 3f);
    Calibration atOne = calibration.get(0);
    assertThat(atOne.getCandidates()).isEqualTo(TargetCalibration.CANDIDATES);
    assertThat(atOne.getResidualMean()).isCloseTo(0, within(1e-4));
    assertThat(atOne.getResidualDeviation()).isCloseTo(0, within(1e-4));
    assertThat(atOne.getRankCorrelation()).isCloseTo(1, within(1e-3));
    // The same rewards are another target at another beta.
    assertThat(calibration.get(2).getResidualDeviation()).isGreaterThan(0.05);
  }

  @Test
  void measuresWhatIsMissingOfTheLogPartition() {
    Calibration halved = measure(implied(1, 0.5, 1)).get(0);
    assertThat(halved.getResidualMean()).isCloseTo(Math.log(2), within(1e-4));
    assertThat(halved.getResidualDeviation()).isCloseTo(0, within(1e-4));
  }

  @Test
  void measuresTheResidualOfThePowerOfTheReward() {
    Calibration halved = measure(implied(2, 0.5, 1)).get(1);
    assertThat(halved.getBeta()).isEqualTo(2);
    assertThat(halved.getResidualMean()).isCloseTo(2 * Math.log(2), within(1e-4));
    assertThat(halved.getResidualDeviation()).isCloseTo(0, within(1e-4));
  }

  @Test
  void ranksRewardsThatAreTheOtherWayRound() {
    Calibration inverted = measure(implied(1, 1, -1)).get(0);
    assertThat(inverted.getRankCorrelation()).isCloseTo(-1, within(1e-3));
    assertThat(inverted.getResidualDeviation()).isGreaterThan(0.5);
  }

  @Test
  void hasNoRankCorrelationWhereAllRewardsAreEqual() {
    Calibration flat = measure(objects -> ones(objects.rows())).get(0);
    assertThat(flat.hasRankCorrelation()).isFalse();
    assertThat(flat.getResidualDeviation()).isPositive().isFinite();
  }

  private List<Calibration> measure(Reward reward) {
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    Environment environment = model.environment();
    LogRewardTransform transform = new LogRewardTransform(new LogRewardConfig(1e-30, 1, 1));
    LogReward logReward = new LogReward(reward, transform, new ObjectText(environment));
    return new TargetCalibration(environment, logReward).measure(bundle.directory());
  }

  /**
   * Returns the rewards of which the model has the target at a beta, by enumeration: the root of
   * Z(β) · p(x; β).
   *
   * @param beta of the target
   * @param factor of all rewards
   * @param exponent of all rewards
   */
  private Reward implied(float beta, double factor, double exponent) {
    Environment environment = model.environment();
    double[] rewards;
    try (TrainedPolicy policy = RandomModel.trained(model)) {
      rewards = ExactDistribution.compute(environment, policy, beta);
      double partition = Math.exp(policy.logPartition(new float[] {beta})[0]);
      for (int i = 0; i < rewards.length; i++) {
        rewards[i] = factor * Math.pow(partition * rewards[i], exponent / beta);
      }
    }
    return objects -> {
      long[] indices = new long[objects.rows()];
      environment.objectIndices(objects, indices);
      return Arrays.stream(indices).mapToDouble(index -> rewards[(int) index]).toArray();
    };
  }

  private static double[] ones(int count) {
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    return ones;
  }
}
