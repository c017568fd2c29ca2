package io.logitflow.trainer.environment;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** The actions of an environment one way, so that a test can say the same of both. */
record Direction(int actionCount, Mask mask, Step step) {
  static Direction forward(Environment environment) {
    return new Direction(environment.actionCount(), environment::forwardMask, environment::step);
  }

  static Direction backward(Environment environment) {
    return new Direction(
        environment.backwardActionCount(), environment::backwardMask, environment::stepBack);
  }

  /** Returns the mask, [N, A], written over whatever stood there. */
  boolean[] valid(StateBatch states) {
    boolean[] first = new boolean[states.rows() * actionCount];
    boolean[] second = new boolean[first.length];
    Arrays.fill(second, true);
    mask.write(states, first);
    mask.write(states, second);
    if (!Arrays.equals(first, second)) {
      throw new AssertionError("a mask that is not overwritten");
    }
    return first;
  }

  /** Returns an action where it is valid, else none. */
  int[] everywhere(StateBatch states, int action) {
    boolean[] valid = valid(states);
    return IntStream.range(0, states.rows())
        .map(row -> valid[row * actionCount + action] ? action : Environment.NO_ACTION)
        .toArray();
  }

  /** Returns a random valid action for each state, none where there is none. */
  int[] random(StateBatch states, Random random) {
    boolean[] valid = valid(states);
    return IntStream.range(0, states.rows())
        .map(
            row -> {
              int[] choice =
                  IntStream.range(0, actionCount)
                      .filter(action -> valid[row * actionCount + action])
                      .toArray();
              return choice.length == 0
                  ? Environment.NO_ACTION
                  : choice[random.nextInt(choice.length)];
            })
        .toArray();
  }

  /** Takes the states a step and returns the twins. */
  int[] take(StateBatch states, int[] actions) {
    int[] twins = new int[states.rows()];
    Arrays.fill(twins, 77);
    step.take(states, actions, twins);
    return twins;
  }

  /** Writes a mask. */
  interface Mask {
    void write(StateBatch states, boolean[] mask);
  }

  /** Takes a step. */
  interface Step {
    void take(StateBatch states, int[] actions, int[] twins);
  }
}
