package io.logitflow.trainer.trajectory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ActionDistributionTest {
  private static final double BELOW_ONE = 1 - 0x1p-24;

  @Test
  void isTheSoftmaxOfScaledLogitsOverValidActions() {
    ActionDistribution distribution = distribution(1, OptionalDouble.empty(), 4);
    distribution.set(
        new float[] {9, 9, 9, 9, 1, 2, 3, 4},
        new float[] {7, 0.5f},
        new boolean[] {true, true, true, true, false, true, false, true},
        1,
        1);
    double total = Math.exp(1) + Math.exp(2);
    assertThat(distribution.probability(0)).isZero();
    assertThat(distribution.probability(1)).isCloseTo(Math.exp(1) / total, within(1e-12));
    assertThat(distribution.probability(2)).isZero();
    assertThat(distribution.logProbability(3))
        .isCloseTo(Math.log(Math.exp(2) / total), within(1e-12));
  }

  @Test
  void addsUpHeadsAndClampsAfterScaling() {
    ActionDistribution distribution = distribution(2, OptionalDouble.of(20), 2);
    distribution.set(
        new float[] {30, -1, 2, 5}, new float[] {1, 0.5f}, new boolean[] {true, true}, 0, 0);
    // Head sums: 30 + 1 = 31, clamped to 20; -1 + 2.5 = 1.5.
    assertThat(distribution.logProbability(1))
        .isCloseTo(1.5 - 20 - Math.log1p(Math.exp(1.5 - 20)), within(1e-9));
  }

  @Test
  void choosesByTheInverseOfTheCumulativeDistribution() {
    ActionDistribution distribution = distribution(1, OptionalDouble.empty(), 3);
    distribution.set(
        new float[] {0, 0, 0}, new float[] {1}, new boolean[] {false, true, true}, 0, 0);
    assertThat(distribution.choose(0)).isEqualTo(1);
    assertThat(distribution.choose(0.49)).isEqualTo(1);
    assertThat(distribution.choose(0.51)).isEqualTo(2);
    assertThat(distribution.choose(BELOW_ONE)).isEqualTo(2);
  }

  @Test
  void refusesLogitsThatAreNotFinite() {
    for (OptionalDouble clamp : List.of(OptionalDouble.empty(), OptionalDouble.of(20))) {
      ActionDistribution distribution = distribution(1, clamp, 2);
      for (float logit :
          new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        float[] logits = {0, logit};
        assertThatThrownBy(
                () -> distribution.set(logits, new float[] {1}, new boolean[] {true, true}, 0, 0))
            .isInstanceOf(LogitFlowException.class)
            .hasMessage("policy: found logits that are not finite, expected finite ones");
        distribution.set(logits, new float[] {1}, new boolean[] {true, false}, 0, 0);
        assertThat(distribution.probability(0)).isEqualTo(1);
      }
    }
  }

  @Property(seed = "31")
  void neverChoosesAnInvalidAction(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int actions) {
    Random random = new Random(seed);
    float[] logits = new float[actions];
    boolean[] mask = new boolean[actions];
    for (int i = 0; i < actions; i++) {
      logits[i] = (float) (random.nextGaussian() * 30);
      mask[i] = random.nextBoolean();
    }
    mask[random.nextInt(actions)] = true;
    ActionDistribution distribution = distribution(1, OptionalDouble.empty(), actions);
    distribution.set(logits, new float[] {(float) random.nextGaussian()}, mask, 0, 0);
    double sum = 0;
    for (int action = 0; action < actions; action++) {
      sum += distribution.probability(action);
    }
    assertThat(sum).isCloseTo(1, within(1e-12));
    for (double uniform : new double[] {0, 0x1p-24, 0.5, random.nextDouble(), BELOW_ONE}) {
      int action = distribution.choose(uniform);
      assertThat(mask[action]).isTrue();
      assertThat(distribution.choose(distribution.middle(action))).isEqualTo(action);
    }
  }

  private static ActionDistribution distribution(int heads, OptionalDouble clamp, int actionCount) {
    StatePolicy declared =
        new StatePolicy() {
          @Override
          public int heads() {
            return heads;
          }

          @Override
          public float[] forwardLogits(StateBatch states, float[] betas) {
            throw new UnsupportedOperationException();
          }

          @Override
          public float[] forwardScale(float[] betas) {
            throw new UnsupportedOperationException();
          }

          @Override
          public boolean learnsBackward() {
            throw new UnsupportedOperationException();
          }

          @Override
          public float[] backwardLogits(StateBatch states, float[] betas) {
            throw new UnsupportedOperationException();
          }

          @Override
          public float[] backwardScale(float[] betas) {
            throw new UnsupportedOperationException();
          }

          @Override
          public float[] logPartition(float[] betas) {
            throw new UnsupportedOperationException();
          }

          @Override
          public OptionalDouble logitClamp() {
            return clamp;
          }
        };
    return new ActionDistribution(declared, actionCount);
  }
}
