package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.policy.HostTensor;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.OptionalDouble;

/**
 * The log-probability of each step's action as a differentiable tensor: the logits, scaled and
 * clamped, through a softmax over the valid actions. Reuses its memory; not thread-safe.
 */
final class StepLogProbability {
  private final HostTensor maskBias = new HostTensor();
  private final HostTensor actions = new HostTensor();
  private final HostTensor taken = new HostTensor();

  /**
   * Computes the log-probabilities.
   *
   * @param manager owner of what is computed
   * @param logits [T·N, K, A] unscaled
   * @param scale [N, K]
   * @param clamp bound of scaled logits, if there is one
   * @param steps the actions and masks
   * @return [T, N], 0 where there is no step
   */
  NDArray compute(
      NDManager manager, NDArray logits, NDArray scale, OptionalDouble clamp, Steps steps) {
    int states = steps.actions().length;
    int rows = steps.rows();
    int slots = states / rows;
    int actionCount = steps.mask().length / states;
    int heads = Math.toIntExact(scale.getShape().get(1));
    write(steps, actionCount);
    NDArray bias = maskBias.tensor(manager, new Shape(slots, rows, actionCount), DataType.FLOAT32);
    NDArray index = actions.tensor(manager, new Shape(slots, rows, 1), DataType.INT64);
    NDArray weight = taken.tensor(manager, new Shape(slots, rows), DataType.FLOAT32);
    NDArray scaled =
        logits
            .reshape(new Shape(slots, rows, heads, actionCount))
            .mul(scale.reshape(new Shape(1, rows, heads, 1)))
            .sum(new int[] {2});
    if (clamp.isPresent()) {
      scaled = scaled.clip(-clamp.getAsDouble(), clamp.getAsDouble());
    }
    return scaled
        .add(bias)
        .logSoftmax(2)
        .gather(index, 2)
        .reshape(new Shape(slots, rows))
        .mul(weight);
  }

  private void write(Steps steps, int actionCount) {
    int states = steps.actions().length;
    FloatBuffer bias = maskBias.floats(states * actionCount);
    LongBuffer index = actions.longs(states);
    FloatBuffer weight = taken.floats(states);
    for (int state = 0; state < states; state++) {
      int action = steps.actions()[state];
      boolean none = action < 0;
      index.put(none ? 0 : action);
      weight.put(none ? 0 : 1);
      for (int i = state * actionCount; i < (state + 1) * actionCount; i++) {
        // Where there is no step no action may be valid; a softmax over none would be NaN.
        bias.put(steps.mask()[i] || none ? 0 : Float.NEGATIVE_INFINITY);
      }
    }
  }

  /**
   * The steps of a batch in one direction.
   *
   * @param rows N
   * @param actions [T, N], negative where there is no step
   * @param mask [T, N, A] valid actions
   */
  record Steps(int rows, int[] actions, boolean[] mask) {}
}
