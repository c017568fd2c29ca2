package io.logitflow.trainer.environment;

import java.util.Arrays;
import java.util.List;

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
public final class PrependAppend extends TokenEnvironment {
  private static final int REMOVE_LAST = 0;
  private static final int REMOVE_FIRST = 1;
  private static final int BACKWARD_ACTIONS = 2;

  private final int vocabulary;
  private final int length;

  /**
   * Creates the environment.
   *
   * @param tokens names of the V tokens, at least one, distinct
   * @param separator what stands between tokens in text
   * @param length L, at least 1
   */
  public PrependAppend(List<String> tokens, String separator, int length) {
    super(tokens, separator, length, length, length);
    this.vocabulary = tokens.size();
    this.length = length;
  }

  @Override
  public String type() {
    return "prepend-append";
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
  int token(StateBatch states, int row, int position) {
    return position < states.steps()[row] ? states.cells()[row * length + position] : NO_TOKEN;
  }

  @Override
  boolean isTerminal(StateBatch states, int row) {
    return states.steps()[row] == length;
  }

  @Override
  void markForward(StateBatch states, int row, boolean[] mask, int first) {
    int present = states.steps()[row];
    Arrays.fill(mask, first, first + vocabulary, present < length);
    Arrays.fill(mask, first + vocabulary, first + 2 * vocabulary, present > 0 && present < length);
  }

  @Override
  void markBackward(StateBatch states, int row, boolean[] mask, int first) {
    mask[first + REMOVE_LAST] = states.steps()[row] > 0;
    mask[first + REMOVE_FIRST] = states.steps()[row] > 1;
  }

  @Override
  int advance(StateBatch states, int row, int action) {
    int[] cells = states.cells();
    int start = row * length;
    int present = states.steps()[row];
    boolean prepends = action >= vocabulary;
    if (present >= length || action >= 2 * vocabulary || (prepends && present == 0)) {
      throw invalid(states, row, action);
    }
    if (prepends) {
      System.arraycopy(cells, start, cells, start + 1, present);
      cells[start] = action - vocabulary;
      return REMOVE_FIRST;
    }
    cells[start + present] = action;
    return REMOVE_LAST;
  }

  @Override
  int retreat(StateBatch states, int row, int action) {
    int[] cells = states.cells();
    int start = row * length;
    int remaining = states.steps()[row] - 1;
    if (action > REMOVE_FIRST || remaining < 0 || (action == REMOVE_FIRST && remaining == 0)) {
      throw invalid(states, row, action);
    }
    int twin;
    if (action == REMOVE_FIRST) {
      twin = vocabulary + cells[start];
      System.arraycopy(cells, start + 1, cells, start, remaining);
    } else {
      twin = cells[start + remaining];
    }
    cells[start + remaining] = 0;
    return twin;
  }

  @Override
  void finish(StateBatch states, int row, ObjectBatch objects) {
    System.arraycopy(objects.tokens(), row * objects.width(), states.cells(), row * length, length);
    states.steps()[row] = length;
  }

  @Override
  long count(int steps) {
    return strings().count(steps);
  }

  @Override
  void unrank(StateBatch states, int row, long index) {
    strings().write(index, states.cells(), row * length, states.steps()[row]);
  }

  @Override
  long rank(StateBatch states, int row) {
    return strings().value(states.cells(), row * length, states.steps()[row]);
  }
}
