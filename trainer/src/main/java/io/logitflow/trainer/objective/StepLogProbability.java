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
   * Computes the log-probabilities. Actions come first in all that is computed: sums over them then
   * run along many states at a time.
   *
   * @param manager owner of what is computed
   * @param logits [K·A, T·N] unscaled
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
    boolean complete = write(steps, actionCount);
    NDArray bias = maskBias.tensor(manager, new Shape(actionCount, slots, rows), DataType.FLOAT32);
    NDArray index = actions.tensor(manager, new Shape(1, slots, rows), DataType.INT64);
    NDArray scaled = scaled(logits, scale, new Shape(actionCount, slots, rows));
    if (clamp.isPresent()) {
      scaled = scaled.clip(-clamp.getAsDouble(), clamp.getAsDouble());
    }
    NDArray chosen =
        scaled.addi(bias).logSoftmax(0).gather(index, 0).reshape(new Shape(slots, rows));
    return complete
        ? chosen
        : chosen.mul(taken.tensor(manager, new Shape(slots, rows), DataType.FLOAT32));
  }

  /** Returns Σ_k scale_k · g_k as [A, T, N]. */
  private static NDArray scaled(NDArray logits, NDArray scale, Shape byAction) {
    long rows = byAction.get(2);
    long heads = scale.getShape().get(1);
    if (heads == 1) {
      return logits.reshape(byAction).mul(scale.reshape(1, 1, rows));
    }
    return logits
        .reshape(heads, byAction.get(0), byAction.get(1), rows)
        .mul(scale.transpose().reshape(heads, 1, 1, rows))
        .sum(new int[] {0});
  }

  /** Returns whether every slot has a step. */
  private boolean write(Steps steps, int actionCount) {
    int[] chosen = steps.actions();
    boolean[] mask = steps.mask();
    FloatBuffer bias = maskBias.floats(chosen.length * actionCount);
    LongBuffer index = actions.longs(chosen.length);
    FloatBuffer weight = taken.floats(chosen.length);
    boolean complete = true;
    for (int action : chosen) {
      complete &= action >= 0;
      index.put(Math.max(0, action));
      weight.put(action < 0 ? 0 : 1);
    }
    for (int action = 0; action < actionCount; action++) {
      for (int state = 0; state < chosen.length; state++) {
        // Where there is no step no action may be valid; a softmax over none would be NaN.
        boolean counts = mask[state * actionCount + action] || chosen[state] < 0;
        bias.put(counts ? 0 : Float.NEGATIVE_INFINITY);
      }
    }
    return complete;
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
