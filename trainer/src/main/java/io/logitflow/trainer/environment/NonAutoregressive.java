package io.logitflow.trainer.environment;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * Words of L positions over V names, filled in any order (the bit sequences of Malkin et al. 2022,
 * "Trajectory balance: Improved credit assignment in GFlowNets", built as in Tiapkin et al. 2024,
 * "Generative Flow Networks as Entropy-Regularized RL").
 *
 * <p>Forward action p·V + v fills the empty position p with token v; backward action p empties it.
 * T = L, when all are filled.
 *
 * <p>A state has L cells, one a position: 0 if it is empty, v + 1 with token v. Features are the
 * positions as one-hot, F = L·V, zeros where empty. The index among the states at distance t is by
 * the set of filled positions, in colexicographic order, then by their tokens as a number in base
 * V, the first most significant.
 */
public final class NonAutoregressive extends TokenEnvironment {
  private final int vocabulary;
  private final int length;
  private final Binomials subsets;

  /**
   * Creates the environment.
   *
   * @param tokens names of the V tokens, at least one, distinct
   * @param separator what stands between tokens in text
   * @param length L, at least 1
   */
  public NonAutoregressive(List<String> tokens, String separator, int length) {
    super(tokens, separator, length, length, length);
    this.vocabulary = tokens.size();
    this.length = length;
    this.subsets = new Binomials(length);
  }

  @Override
  public String type() {
    return "non-autoregressive";
  }

  @Override
  public int maximumSteps() {
    return length;
  }

  @Override
  public int actionCount() {
    return length * vocabulary;
  }

  @Override
  public int backwardActionCount() {
    return length;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The positions are its digits in base V + 1, empty ones 0.
   */
  @Override
  public float[] tableWeights() {
    return digitWeights(tokens().size() + 1, 1);
  }

  @Override
  public OptionalLong tableRows(boolean ended) {
    return digitRows(tokens().size() + 1);
  }

  @Override
  int token(StateBatch states, int row, int position) {
    return states.cells()[row * length + position] - 1;
  }

  @Override
  boolean isTerminal(StateBatch states, int row) {
    return states.steps()[row] == length;
  }

  @Override
  void markForward(StateBatch states, int row, boolean[] mask, int first) {
    for (int position = 0; position < length; position++) {
      boolean empty = states.cells()[row * length + position] == 0;
      int from = first + position * vocabulary;
      Arrays.fill(mask, from, from + vocabulary, empty);
    }
  }

  @Override
  void markBackward(StateBatch states, int row, boolean[] mask, int first) {
    for (int position = 0; position < length; position++) {
      mask[first + position] = states.cells()[row * length + position] != 0;
    }
  }

  @Override
  int advance(StateBatch states, int row, int action) {
    int position = action / vocabulary;
    if (position >= length || states.cells()[row * length + position] != 0) {
      throw invalid(states, row, action);
    }
    states.cells()[row * length + position] = action % vocabulary + 1;
    return position;
  }

  @Override
  int retreat(StateBatch states, int row, int action) {
    if (action >= length || states.cells()[row * length + action] == 0) {
      throw invalid(states, row, action);
    }
    int twin = action * vocabulary + token(states, row, action);
    states.cells()[row * length + action] = 0;
    return twin;
  }

  @Override
  void finish(StateBatch states, int row, ObjectBatch objects) {
    for (int i = 0; i < length; i++) {
      states.cells()[row * length + i] = objects.tokens()[row * objects.width() + i] + 1;
    }
    states.steps()[row] = length;
  }

  @Override
  long count(int steps) {
    return SaturatedCount.product(subsets.count(length, steps), strings().count(steps));
  }

  /** The positions of the index's set come from the last down, its tokens likewise. */
  @Override
  void unrank(StateBatch states, int row, long index) {
    int open = states.steps()[row];
    long words = strings().count(open);
    long subset = index / words;
    long word = index % words;
    for (int position = length - 1; open > 0; position--) {
      long below = subsets.count(position, open);
      if (subset >= below) {
        subset -= below;
        open--;
        states.cells()[row * length + position] = (int) (word % vocabulary) + 1;
        word /= vocabulary;
      }
    }
  }

  @Override
  long rank(StateBatch states, int row) {
    long subset = 0;
    long word = 0;
    int filled = 0;
    for (int position = 0; position < length; position++) {
      int token = token(states, row, position);
      if (token != NO_TOKEN) {
        filled++;
        long below = SaturatedCount.exact(subsets.count(position, filled));
        subset = Math.addExact(subset, below);
        word = strings().append(word, token);
      }
    }
    return subset == 0
        ? word
        : Math.addExact(
            Math.multiplyExact(subset, SaturatedCount.exact(strings().count(filled))), word);
  }
}
