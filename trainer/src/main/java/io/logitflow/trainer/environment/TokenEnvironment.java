package io.logitflow.trainer.environment;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What environments share whose objects are strings of tokens: S positions, each with one of V
 * tokens or none. Subclasses say what one state is and does.
 *
 * <p>The features are the positions as one-hot, F = S·V, zeros where there is no token. The index
 * of an object is by its length, then by its value in base V, the first token most significant.
 */
abstract class TokenEnvironment implements Environment {
  /** In place of a token: there is none at this position. */
  static final int NO_TOKEN = -1;

  private static final float[] ZEROS = new float[1_024];

  private final List<String> tokens;
  private final String separator;
  private final int minimumLength;
  private final int maximumLength;
  private final int stateWidth;
  private final RadixCode strings;

  /** By n − minimum length, the number of objects of fewer than n tokens; saturated. */
  private final long[] objectsBefore;

  /**
   * Takes what every such environment has.
   *
   * @param tokens names of the V tokens, at least one, distinct
   * @param separator what stands between tokens in text
   * @param minimumLength fewest tokens of an object, at least 1
   * @param maximumLength S, at least the minimum
   * @param stateWidth W, the number of cells of a state
   */
  TokenEnvironment(
      List<String> tokens, String separator, int minimumLength, int maximumLength, int stateWidth) {
    if (tokens.isEmpty() || minimumLength < 1 || maximumLength < minimumLength) {
      throw new IllegalArgumentException(
          tokens.size() + " tokens, length " + minimumLength + " to " + maximumLength);
    }
    this.tokens = List.copyOf(tokens);
    this.separator = separator;
    this.minimumLength = minimumLength;
    this.maximumLength = maximumLength;
    this.stateWidth = stateWidth;
    this.strings = new RadixCode(tokens.size(), maximumLength);
    this.objectsBefore = new long[maximumLength - minimumLength + 2];
    for (int i = 1; i < objectsBefore.length; i++) {
      objectsBefore[i] =
          SaturatedCount.sum(objectsBefore[i - 1], strings.count(minimumLength + i - 1));
    }
  }

  /** Returns the token at a position of a state, or {@link #NO_TOKEN}. */
  abstract int token(StateBatch states, int row, int position);

  /** Tells whether a state is terminal. */
  abstract boolean isTerminal(StateBatch states, int row);

  /** Marks valid forward actions in the A entries of a mask from one on. */
  abstract void markForward(StateBatch states, int row, boolean[] mask, int first);

  /** Marks valid backward actions in the C entries of a mask from one on. */
  abstract void markBackward(StateBatch states, int row, boolean[] mask, int first);

  /**
   * Changes the cells of a state by a forward action, its steps not yet.
   *
   * @param action at least 0
   * @return the backward twin
   * @throws IllegalArgumentException if the action is not valid; the state is then as it was
   */
  abstract int advance(StateBatch states, int row, int action);

  /**
   * Changes the cells of a state by a backward action, its steps not yet.
   *
   * @param action at least 0
   * @return the forward twin
   * @throws IllegalArgumentException if the action is not valid; the state is then as it was
   */
  abstract int retreat(StateBatch states, int row, int action);

  /** Sets the cells and the steps of a root to the terminal state of an object. */
  abstract void finish(StateBatch states, int row, ObjectBatch objects);

  /** Returns the number of states at a distance from the root, a {@link SaturatedCount}. */
  abstract long count(int steps);

  /** Sets the zero cells of a state, whose steps are set, to those of the state of an index. */
  abstract void unrank(StateBatch states, int row, long index);

  /**
   * Returns the index of a state.
   *
   * @throws ArithmeticException if it does not fit in 63 bits
   */
  abstract long rank(StateBatch states, int row);

  @Override
  public final List<String> tokens() {
    return tokens;
  }

  @Override
  public final String separator() {
    return separator;
  }

  @Override
  public final int minimumLength() {
    return minimumLength;
  }

  @Override
  public final int maximumLength() {
    return maximumLength;
  }

  @Override
  public final int featureCount() {
    return maximumLength * tokens.size();
  }

  @Override
  public final StateBatch roots(int rows) {
    return new StateBatch(rows, stateWidth);
  }

  @Override
  public final StateBatch terminals(ObjectBatch objects) {
    StateBatch states = roots(objects.rows());
    for (int row = 0; row < objects.rows(); row++) {
      requireLength(objects.lengths()[row]);
      finish(states, row, objects);
    }
    return states;
  }

  @Override
  public final ObjectBatch objects(StateBatch states) {
    ObjectBatch objects = emptyObjects(states.rows());
    for (int row = 0; row < states.rows(); row++) {
      if (!isTerminal(states, row)) {
        throw new IllegalArgumentException(place(states, row) + " is not terminal");
      }
      for (int i = 0; i < maximumLength; i++) {
        int token = token(states, row, i);
        if (token != NO_TOKEN) {
          objects.tokens()[row * maximumLength + objects.lengths()[row]++] = token;
        }
      }
    }
    return objects;
  }

  @Override
  public final void forwardMask(StateBatch states, boolean[] mask) {
    int actions = actionCount();
    for (int row = 0; row < states.rows(); row++) {
      markForward(states, row, mask, row * actions);
    }
  }

  @Override
  public final void backwardMask(StateBatch states, boolean[] mask) {
    int actions = backwardActionCount();
    for (int row = 0; row < states.rows(); row++) {
      markBackward(states, row, mask, row * actions);
    }
  }

  @Override
  public final void step(StateBatch states, int[] actions, int[] backwardTwins) {
    for (int row = 0; row < states.rows(); row++) {
      if (actions[row] < 0) {
        backwardTwins[row] = NO_ACTION;
      } else {
        backwardTwins[row] = advance(states, row, actions[row]);
        states.steps()[row]++;
      }
    }
  }

  @Override
  public final void stepBack(StateBatch states, int[] backwardActions, int[] forwardTwins) {
    for (int row = 0; row < states.rows(); row++) {
      if (backwardActions[row] < 0) {
        forwardTwins[row] = NO_ACTION;
      } else {
        forwardTwins[row] = retreat(states, row, backwardActions[row]);
        states.steps()[row]--;
      }
    }
  }

  @Override
  public final void writeFeatures(StateBatch states, FloatBuffer features) {
    int vocabulary = tokens.size();
    int width = featureCount();
    for (int row = 0; row < states.rows(); row++) {
      int first = features.position();
      for (int left = width; left > 0; left -= ZEROS.length) {
        features.put(ZEROS, 0, Math.min(left, ZEROS.length));
      }
      for (int i = 0; i < maximumLength; i++) {
        int token = token(states, row, i);
        if (token != NO_TOKEN) {
          features.put(first + i * vocabulary + token, 1f);
        }
      }
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>That a string has as a number in the bijective system of base V, its tokens the digits from
   * 1 on, the first the lowest; strings of every length up to L have one each.
   */
  @Override
  public float[] tableWeights() {
    return digitWeights(tokens.size(), 1);
  }

  @Override
  public OptionalLong tableRows(boolean ended) {
    // Where every string of the full length is terminal, their rows, the last, are left out.
    int longest = ended || minimumLength < maximumLength ? maximumLength : maximumLength - 1;
    long rows = 0;
    for (int length = 0; length <= longest; length++) {
      rows = SaturatedCount.sum(rows, strings.count(length));
    }
    return SaturatedCount.optional(rows);
  }

  /**
   * Returns the weights of one-hot tokens in a number system: (lowest + v) · base^i for token v at
   * position i.
   *
   * @param base of the system
   * @param lowest digit of the first token
   */
  final float[] digitWeights(int base, int lowest) {
    int vocabulary = tokens.size();
    float[] weights = new float[featureCount()];
    float place = 1;
    for (int i = 0; i < maximumLength; i++) {
      for (int token = 0; token < vocabulary; token++) {
        weights[i * vocabulary + token] = (lowest + token) * place;
      }
      place *= base;
    }
    return weights;
  }

  /** Returns base^L rows, those of numbers of L digits. */
  final OptionalLong digitRows(int base) {
    return SaturatedCount.optional(new RadixCode(base, maximumLength).count(maximumLength));
  }

  @Override
  public final OptionalLong stateCount(int steps) {
    return SaturatedCount.optional(count(steps));
  }

  @Override
  public final StateBatch states(int steps, long first, int rows) {
    Objects.checkFromIndexSize(first, rows, count(steps));
    StateBatch states = roots(rows);
    Arrays.fill(states.steps(), steps);
    for (int row = 0; row < rows; row++) {
      unrank(states, row, first + row);
    }
    return states;
  }

  @Override
  public final void indices(StateBatch states, long[] indices) {
    for (int row = 0; row < states.rows(); row++) {
      indices[row] = rank(states, row);
    }
  }

  @Override
  public final void objectIndices(ObjectBatch objects, long[] indices) {
    for (int row = 0; row < objects.rows(); row++) {
      int length = objects.lengths()[row];
      requireLength(length);
      indices[row] =
          Math.addExact(
              SaturatedCount.exact(objectsBefore[length - minimumLength]),
              strings.value(objects.tokens(), row * objects.width(), length));
    }
  }

  @Override
  public final ObjectBatch objects(long first, int rows) {
    Objects.checkFromIndexSize(first, rows, objectsBefore[objectsBefore.length - 1]);
    ObjectBatch objects = emptyObjects(rows);
    int length = minimumLength;
    for (int row = 0; row < rows; row++) {
      while (first + row >= objectsBefore[length + 1 - minimumLength]) {
        length++;
      }
      long value = first + row - objectsBefore[length - minimumLength];
      strings.write(value, objects.tokens(), row * maximumLength, length);
      objects.lengths()[row] = length;
    }
    return objects;
  }

  @Override
  public final OptionalLong objectCount() {
    return SaturatedCount.optional(objectsBefore[objectsBefore.length - 1]);
  }

  /** Returns V, the number of tokens. */
  final int vocabulary() {
    return tokens.size();
  }

  /** Returns the strings of up to S tokens as numbers in base V. */
  final RadixCode strings() {
    return strings;
  }

  /** Returns the refusal of an action in a state that it is not valid in. */
  static IllegalArgumentException invalid(StateBatch states, int row, int action) {
    return new IllegalArgumentException(
        "action " + action + " is not valid in " + place(states, row));
  }

  private ObjectBatch emptyObjects(int rows) {
    return new ObjectBatch(rows, maximumLength, new int[rows * maximumLength], new int[rows]);
  }

  private void requireLength(int length) {
    if (length < minimumLength || length > maximumLength) {
      String lengths =
          minimumLength == maximumLength
              ? "" + maximumLength
              : minimumLength + " to " + maximumLength;
      throw new IllegalArgumentException("an object of " + length + " tokens, not " + lengths);
    }
  }

  private static String place(StateBatch states, int row) {
    return "a state " + states.steps()[row] + " steps from the root";
  }
}
