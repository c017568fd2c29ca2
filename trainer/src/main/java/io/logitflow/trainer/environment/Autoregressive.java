package io.logitflow.trainer.environment;

import java.util.Arrays;
import java.util.List;

/**
 * Strings of a fixed or varying number of tokens over V names, built from the first token to the
 * last.
 *
 * <p>Forward action a &lt; V appends token a. Where lengths vary, action V stops; it is valid from
 * the minimum length on. A string of L tokens is terminal by itself, so that T = L. The one
 * backward action takes the last step back, be it a token or the stop. Every state but the root has
 * one parent: the graph is a tree.
 *
 * <p>A state has L cells, its token ids, left-aligned, zeros behind the end; where lengths vary one
 * more, 1 if it is stopped. A stopped string of n tokens lies n + 1 steps from the root. Features
 * are the tokens as one-hot, F = L·V; they do not show the stop, behind which nothing is chosen.
 * The index among the states at distance t is that of the strings of t tokens by their value in
 * base V, then that of the stopped ones of t − 1 tokens.
 */
public final class Autoregressive extends TokenEnvironment {
  private static final int UNDO = 0;

  private final int vocabulary;
  private final int length;
  private final boolean varies;
  private final int width;

  /**
   * Creates the environment.
   *
   * @param tokens names of the V tokens, at least one, distinct
   * @param separator what stands between tokens in text
   * @param minimumLength fewest tokens of an object, at least 1
   * @param length L, the most tokens of an object, at least the minimum
   */
  public Autoregressive(List<String> tokens, String separator, int minimumLength, int length) {
    super(tokens, separator, minimumLength, length, minimumLength < length ? length + 1 : length);
    this.vocabulary = tokens.size();
    this.length = length;
    this.varies = minimumLength < length;
    this.width = varies ? length + 1 : length;
  }

  @Override
  public String type() {
    return "autoregressive";
  }

  @Override
  public int maximumSteps() {
    return length;
  }

  @Override
  public int actionCount() {
    return varies ? vocabulary + 1 : vocabulary;
  }

  @Override
  public int backwardActionCount() {
    return 1;
  }

  @Override
  int token(StateBatch states, int row, int position) {
    return position < tokenCount(states, row) ? states.cells()[row * width + position] : NO_TOKEN;
  }

  @Override
  boolean isTerminal(StateBatch states, int row) {
    return tokenCount(states, row) == length || isStopped(states, row);
  }

  @Override
  void markForward(StateBatch states, int row, boolean[] mask, int first) {
    boolean open = !isTerminal(states, row);
    Arrays.fill(mask, first, first + vocabulary, open);
    if (varies) {
      mask[first + vocabulary] = open && states.steps()[row] >= minimumLength();
    }
  }

  @Override
  void markBackward(StateBatch states, int row, boolean[] mask, int first) {
    mask[first] = states.steps()[row] > 0;
  }

  @Override
  int advance(StateBatch states, int row, int action) {
    int present = states.steps()[row];
    boolean stops = action == vocabulary;
    if (isTerminal(states, row)
        || action >= actionCount()
        || (stops && present < minimumLength())) {
      throw invalid(states, row, action);
    }
    states.cells()[row * width + (stops ? length : present)] = stops ? 1 : action;
    return UNDO;
  }

  @Override
  int retreat(StateBatch states, int row, int action) {
    if (action != UNDO || states.steps()[row] == 0) {
      throw invalid(states, row, action);
    }
    boolean stopped = isStopped(states, row);
    int cell = row * width + (stopped ? length : states.steps()[row] - 1);
    int twin = stopped ? vocabulary : states.cells()[cell];
    states.cells()[cell] = 0;
    return twin;
  }

  @Override
  void finish(StateBatch states, int row, ObjectBatch objects) {
    int count = objects.lengths()[row];
    System.arraycopy(objects.tokens(), row * objects.width(), states.cells(), row * width, count);
    states.steps()[row] = count;
    if (count < length) {
      stop(states, row);
      states.steps()[row]++;
    }
  }

  @Override
  long count(int steps) {
    boolean stops = varies && steps > minimumLength();
    return SaturatedCount.sum(strings().count(steps), stops ? strings().count(steps - 1) : 0);
  }

  @Override
  void unrank(StateBatch states, int row, long index) {
    int steps = states.steps()[row];
    long open = strings().count(steps);
    if (index < open) {
      strings().write(index, states.cells(), row * width, steps);
    } else {
      strings().write(index - open, states.cells(), row * width, steps - 1);
      stop(states, row);
    }
  }

  @Override
  long rank(StateBatch states, int row) {
    long value = strings().value(states.cells(), row * width, tokenCount(states, row));
    return isStopped(states, row)
        ? Math.addExact(SaturatedCount.exact(strings().count(states.steps()[row])), value)
        : value;
  }

  private int tokenCount(StateBatch states, int row) {
    return isStopped(states, row) ? states.steps()[row] - 1 : states.steps()[row];
  }

  private boolean isStopped(StateBatch states, int row) {
    return varies && states.cells()[row * width + length] != 0;
  }

  private void stop(StateBatch states, int row) {
    states.cells()[row * width + length] = 1;
  }
}
