package io.logitflow.trainer.environment;

import java.util.List;

/**
 * Strings of exactly L tokens over V names, built from the last token to the first, as an
 * oligonucleotide is synthesised from its 3' end.
 *
 * <p>Forward action a puts token a in front; the one backward action takes the first token off. A
 * state has L cells, its token ids, right-aligned behind zeros. Its features are the positions as
 * one-hot, F = L·V, its index is its value in base V, the first token most significant.
 */
public final class BackToFront extends TokenEnvironment {
  private static final int REMOVE_FIRST = 0;

  private final int length;

  /**
   * Creates the environment.
   *
   * @param tokens names of the V tokens
   * @param separator what stands between tokens in text
   * @param length L
   */
  public BackToFront(List<String> tokens, String separator, int length) {
    super(tokens, separator, length, length, length);
    this.length = length;
  }

  @Override
  public String type() {
    return "back-to-front";
  }

  @Override
  public int maximumSteps() {
    return length;
  }

  @Override
  public int actionCount() {
    return tokens().size();
  }

  @Override
  public int backwardActionCount() {
    return 1;
  }

  @Override
  int token(StateBatch states, int row, int position) {
    return position < first(states, row) ? NO_TOKEN : states.cells()[row * length + position];
  }

  @Override
  boolean isTerminal(StateBatch states, int row) {
    return first(states, row) == 0;
  }

  @Override
  void markForward(StateBatch states, int row, boolean[] mask, int first) {
    for (int action = 0; action < actionCount(); action++) {
      mask[first + action] = !isTerminal(states, row);
    }
  }

  @Override
  void markBackward(StateBatch states, int row, boolean[] mask, int first) {
    mask[first + REMOVE_FIRST] = states.steps()[row] > 0;
  }

  @Override
  int advance(StateBatch states, int row, int action) {
    if (isTerminal(states, row) || action >= actionCount()) {
      throw invalid(states, row, action);
    }
    states.cells()[row * length + first(states, row) - 1] = action;
    return REMOVE_FIRST;
  }

  @Override
  int retreat(StateBatch states, int row, int action) {
    if (action != REMOVE_FIRST || states.steps()[row] == 0) {
      throw invalid(states, row, action);
    }
    int cell = row * length + first(states, row);
    int token = states.cells()[cell];
    states.cells()[cell] = 0;
    return token;
  }

  @Override
  void finish(StateBatch states, int row, ObjectBatch objects) {
    System.arraycopy(objects.tokens(), row * length, states.cells(), row * length, length);
    states.steps()[row] = length;
  }

  @Override
  long count(int steps) {
    return strings().count(steps);
  }

  @Override
  void unrank(StateBatch states, int row, long index) {
    int present = states.steps()[row];
    strings().write(index, states.cells(), (row + 1) * length - present, present);
  }

  @Override
  long rank(StateBatch states, int row) {
    int present = states.steps()[row];
    return strings().value(states.cells(), (row + 1) * length - present, present);
  }

  private int first(StateBatch states, int row) {
    return length - states.steps()[row];
  }
}
