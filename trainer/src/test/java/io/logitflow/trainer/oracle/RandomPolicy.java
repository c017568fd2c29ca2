package io.logitflow.trainer.oracle;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * A policy without networks: the logits of a state are normal numbers that derive from its cells
 * alone, and from β where that enters by the layers. The scale is β, and log Z is 3β.
 *
 * @param environment whose states it knows
 * @param spread standard deviation of the logits
 * @param readsBeta whether β enters by the layers too
 * @param learnsBackward whether P_B has logits
 */
public record RandomPolicy(
    Environment environment, double spread, boolean readsBeta, boolean learnsBackward)
    implements StatePolicy {
  @Override
  public int heads() {
    return 1;
  }

  @Override
  public float[] forwardLogits(StateBatch states, float[] betas) {
    return logits(states, betas, 1, environment.actionCount());
  }

  @Override
  public float[] forwardScale(float[] betas) {
    return betas.clone();
  }

  @Override
  public float[] backwardLogits(StateBatch states, float[] betas) {
    return logits(states, betas, 2, environment.backwardActionCount());
  }

  @Override
  public float[] backwardScale(float[] betas) {
    return betas.clone();
  }

  @Override
  public float[] logPartition(float[] betas) {
    float[] values = new float[betas.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = 3 * betas[i];
    }
    return values;
  }

  @Override
  public boolean logitsReadBeta() {
    return readsBeta;
  }

  @Override
  public OptionalDouble logitClamp() {
    return OptionalDouble.empty();
  }

  private float[] logits(StateBatch states, float[] betas, int direction, int width) {
    float[] logits = new float[states.rows() * width];
    for (int row = 0; row < states.rows(); row++) {
      int first = row * states.width();
      int seed = Arrays.hashCode(Arrays.copyOfRange(states.cells(), first, first + states.width()));
      seed = 31 * (31 * seed + states.steps()[row]) + direction;
      Random random = new Random(readsBeta ? 31L * seed + Float.floatToIntBits(betas[row]) : seed);
      for (int action = 0; action < width; action++) {
        logits[row * width + action] = (float) (spread * random.nextGaussian());
      }
    }
    return logits;
  }
}
