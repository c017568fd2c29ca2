package io.logitflow.trainer.environment;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * Strings of exactly L tokens over V names, built by adding a token behind or in front.
 *
 * <p>Forward action a &lt; V appends token a, action V + a prepends it; in the root only appending
 * is valid, so that the first token is counted once. Backward action 0 removes the last token and
 * undoes an append, 1 removes the first and undoes a prepend; with one token left only 0 is valid.
 * To a string of one repeated token both additions lead to the same child: they stay distinct
 * actions of a multigraph.
 *
 * <p>A state has W = L cells: its token ids, left-aligned, zeros behind the end; t steps from the
 * root it has t tokens. Its features are the same as one-hot, F = L·V. Its index among the states
 * of its length is its value in base V, the first token most significant.
 */
public final class PrependAppend implements Environment {
  private static final int REMOVE_LAST = 0;
  private static final int REMOVE_FIRST = 1;
  private static final int BACKWARD_ACTIONS = 2;
  private static final long OVERFLOW = -1;
  private static final float[] ZEROS = new float[1_024];

  private final List<String> tokens;
  private final String separator;
  private final int vocabulary;
  private final int length;

  /** V^t for each length t, or {@link #OVERFLOW}. */
  private final long[] stateCounts;

  /**
   * Creates the environment.
   *
   * @param tokens names of the V tokens, at least one, distinct
   * @param separator what stands between tokens in text
   * @param length L, at least 1
   */
  public PrependAppend(List<String> tokens, String separator, int length) {
    if (tokens.isEmpty() || length < 1) {
      throw new IllegalArgumentException(tokens.size() + " tokens, length " + length);
    }
    this.tokens = List.copyOf(tokens);
    this.separator = separator;
    this.vocabulary = tokens.size();
    this.length = length;
    this.stateCounts = new long[length + 1];
    stateCounts[0] = 1;
    for (int t = 1; t <= length; t++) {
      long shorter = stateCounts[t - 1];
      boolean fits = shorter != OVERFLOW && shorter <= Long.MAX_VALUE / vocabulary;
      stateCounts[t] = fits ? shorter * vocabulary : OVERFLOW;
    }
  }

  @Override
  public String type() {
    return "prepend-append";
  }

  @Override
  public List<String> tokens() {
    return tokens;
  }

  @Override
  public String separator() {
    return separator;
  }

  @Override
  public int maximumLength() {
    return length;
  }

  @Override
  public int maximumSteps() {
    return length;
  }

  @Override
  public int actionCount() {
    return 2 * vocabulary;
  }

  @Override
  public int backwardActionCount() {
    return BACKWARD_ACTIONS;
  }

  @Override
  public int featureCount() {
    return length * vocabulary;
  }

  @Override
  public StateBatch roots(int rows) {
    return new StateBatch(rows, length);
  }

  @Override
  public StateBatch terminals(ObjectBatch objects) {
    StateBatch states = new StateBatch(objects.rows(), length);
    if (objects.width() != length) {
      throw new IllegalArgumentException("objects of width " + objects.width() + ", not " + length);
    }
    for (int row = 0; row < objects.rows(); row++) {
      requireTerminal(objects.lengths()[row]);
    }
    System.arraycopy(objects.tokens(), 0, states.cells(), 0, states.cells().length);
    Arrays.fill(states.steps(), length);
    return states;
  }

  @Override
  public ObjectBatch objects(StateBatch states) {
    for (int row = 0; row < states.rows(); row++) {
      requireTerminal(states.steps()[row]);
    }
    return new ObjectBatch(states.rows(), length, states.cells().clone(), states.steps().clone());
  }

  @Override
  public void forwardMask(StateBatch states, boolean[] mask) {
    int actions = actionCount();
    for (int row = 0; row < states.rows(); row++) {
      int steps = states.steps()[row];
      int start = row * actions;
      Arrays.fill(mask, start, start + vocabulary, steps < length);
      Arrays.fill(mask, start + vocabulary, start + actions, steps > 0 && steps < length);
    }
  }

  @Override
  public void backwardMask(StateBatch states, boolean[] mask) {
    for (int row = 0; row < states.rows(); row++) {
      int steps = states.steps()[row];
      mask[row * BACKWARD_ACTIONS + REMOVE_LAST] = steps > 0;
      mask[row * BACKWARD_ACTIONS + REMOVE_FIRST] = steps > 1;
    }
  }

  @Override
  public void step(StateBatch states, int[] actions, int[] backwardTwins) {
    int[] cells = states.cells();
    int[] steps = states.steps();
    for (int row = 0; row < states.rows(); row++) {
      int action = actions[row];
      if (action < 0) {
        backwardTwins[row] = NO_ACTION;
        continue;
      }
      int present = steps[row];
      boolean prepends = action >= vocabulary;
      if (present >= length || action >= 2 * vocabulary || (prepends && present == 0)) {
        throw invalid(action, present);
      }
      int start = row * length;
      if (prepends) {
        System.arraycopy(cells, start, cells, start + 1, present);
        cells[start] = action - vocabulary;
        backwardTwins[row] = REMOVE_FIRST;
      } else {
        cells[start + present] = action;
        backwardTwins[row] = REMOVE_LAST;
      }
      steps[row] = present + 1;
    }
  }

  @Override
  public void stepBack(StateBatch states, int[] backwardActions, int[] forwardTwins) {
    int[] cells = states.cells();
    int[] steps = states.steps();
    for (int row = 0; row < states.rows(); row++) {
      int action = backwardActions[row];
      if (action < 0) {
        forwardTwins[row] = NO_ACTION;
        continue;
      }
      int remaining = steps[row] - 1;
      if (action > REMOVE_FIRST || remaining < 0 || (action == REMOVE_FIRST && remaining == 0)) {
        throw invalid(action, steps[row]);
      }
      int start = row * length;
      if (action == REMOVE_FIRST) {
        forwardTwins[row] = vocabulary + cells[start];
        System.arraycopy(cells, start + 1, cells, start, remaining);
      } else {
        forwardTwins[row] = cells[start + remaining];
      }
      cells[start + remaining] = 0;
      steps[row] = remaining;
    }
  }

  @Override
  public void writeFeatures(StateBatch states, FloatBuffer features) {
    int width = featureCount();
    for (int row = 0; row < states.rows(); row++) {
      int first = features.position();
      for (int left = width; left > 0; left -= ZEROS.length) {
        features.put(ZEROS, 0, Math.min(left, ZEROS.length));
      }
      for (int i = 0; i < states.steps()[row]; i++) {
        features.put(first + i * vocabulary + states.cells()[row * length + i], 1f);
      }
    }
  }

  @Override
  public OptionalLong stateCount(int steps) {
    long count = stateCounts[steps];
    return count == OVERFLOW ? OptionalLong.empty() : OptionalLong.of(count);
  }

  @Override
  public StateBatch states(int steps, long first, int rows) {
    StateBatch states = new StateBatch(rows, length);
    Arrays.fill(states.steps(), steps);
    for (int row = 0; row < rows; row++) {
      long rest = first + row;
      for (int i = steps - 1; i >= 0; i--) {
        states.cells()[row * length + i] = (int) (rest % vocabulary);
        rest /= vocabulary;
      }
    }
    return states;
  }

  @Override
  public void indices(StateBatch states, long[] indices) {
    for (int row = 0; row < states.rows(); row++) {
      long index = 0;
      for (int i = 0; i < states.steps()[row]; i++) {
        index =
            Math.addExact(Math.multiplyExact(index, vocabulary), states.cells()[row * length + i]);
      }
      indices[row] = index;
    }
  }

  /** An object's index is that of its terminal state: all objects are equally long. */
  @Override
  public void objectIndices(ObjectBatch objects, long[] indices) {
    indices(terminals(objects), indices);
  }

  @Override
  public ObjectBatch objects(long first, int rows) {
    return objects(states(length, first, rows));
  }

  @Override
  public OptionalLong objectCount() {
    return stateCount(length);
  }

  private void requireTerminal(int tokenCount) {
    if (tokenCount != length) {
      throw new IllegalArgumentException("an object of " + tokenCount + " tokens, not " + length);
    }
  }

  private static IllegalArgumentException invalid(int action, int tokenCount) {
    return new IllegalArgumentException(
        "action " + action + " is not valid in a state of " + tokenCount + " tokens");
  }
}
