package io.logitflow.trainer.environment;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.OptionalLong;

/**
 * A directed acyclic multigraph of states: from one root, forward actions lead step by step to
 * terminal states, each of which is one object. Parallel edges between two states are distinct
 * actions with probabilities of their own.
 *
 * <p>The graph is graded: all paths from the root to a state have the same number of steps, which
 * is that of its batch, {@link StateBatch#steps()}. Rollouts and enumeration rely on it. Terminal
 * states may lie at any distance up to T.
 *
 * <p>All methods work on batches in place and are safe to call from several threads on different
 * batches. N is the rows of a batch, A {@link #actionCount}, C {@link #backwardActionCount}, F
 * {@link #featureCount}.
 */
public interface Environment {
  /** In place of an action: there is none in this row. */
  int NO_ACTION = -1;

  /** Returns the name by which the config and the manifest know this kind of environment. */
  String type();

  /** Returns the names of the tokens of objects; a token's id is its position. */
  List<String> tokens();

  /** Returns what stands between the tokens of an object in text. */
  String separator();

  /** Returns the fewest tokens of an object, at least 1. */
  int minimumLength();

  /** Returns S, the largest number of tokens of an object. */
  int maximumLength();

  /** Returns T, the largest number of steps of a trajectory. */
  int maximumSteps();

  /** Returns A, the number of forward actions in every state, valid or not. */
  int actionCount();

  /** Returns C, the number of backward actions in every state, valid or not. */
  int backwardActionCount();

  /** Returns F, the width of a state's features. */
  int featureCount();

  /**
   * Creates a batch of root states.
   *
   * @param rows N, at least 1
   */
  StateBatch roots(int rows);

  /**
   * Creates the terminal states of objects.
   *
   * @param objects N objects of this environment
   */
  StateBatch terminals(ObjectBatch objects);

  /**
   * Reads the objects off terminal states.
   *
   * @param states N terminal states
   */
  ObjectBatch objects(StateBatch states);

  /**
   * Marks the valid forward actions; none is valid in a terminal state.
   *
   * @param states N states
   * @param mask [N, A], row-major, overwritten
   */
  void forwardMask(StateBatch states, boolean[] mask);

  /**
   * Marks the valid backward actions; none is valid in the root.
   *
   * @param states N states
   * @param mask [N, C], row-major, overwritten
   */
  void backwardMask(StateBatch states, boolean[] mask);

  /**
   * Takes one forward action in each row.
   *
   * @param states N states, advanced in place
   * @param actions [N], each valid in its state; a negative one leaves its row as it is
   * @param backwardTwins [N], overwritten with the backward action that undoes each action, {@link
   *     #NO_ACTION} in rows left as they are
   * @throws IllegalArgumentException if an action is not valid in its state
   */
  void step(StateBatch states, int[] actions, int[] backwardTwins);

  /**
   * Takes one backward action in each row.
   *
   * @param states N states, taken back in place
   * @param backwardActions [N], each valid in its state; a negative one leaves its row as it is
   * @param forwardTwins [N], overwritten with the forward action that each backward action undoes,
   *     {@link #NO_ACTION} in rows left as they are
   * @throws IllegalArgumentException if an action is not valid in its state
   */
  void stepBack(StateBatch states, int[] backwardActions, int[] forwardTwins);

  /**
   * Writes the features that a policy reads.
   *
   * @param states N states
   * @param features [N, F], row-major; N·F floats from its position on are overwritten and the
   *     position moves behind them
   */
  void writeFeatures(StateBatch states, FloatBuffer features);

  /**
   * Returns weights [F] that number the states: the features of a state times them sum up to its
   * row in a table, a whole number from 0 on. States of different features have different rows.
   */
  float[] tableWeights();

  /**
   * Returns the number of rows of a table of states, or empty where it does not fit in 63 bits.
   *
   * @param ended whether terminal states need a row too
   */
  OptionalLong tableRows(boolean ended);

  /**
   * Returns the number of states that lie exactly that many steps from the root, or empty where it
   * does not fit in 63 bits.
   *
   * @param steps 0 to T
   */
  OptionalLong stateCount(int steps);

  /**
   * Enumerates states at a distance from the root, in the order of their index.
   *
   * @param steps distance from the root, 0 to T
   * @param first index of the first state wanted, at least 0
   * @param rows N, the number of states wanted; {@code first + rows} is at most their count
   * @throws IndexOutOfBoundsException if there are fewer
   */
  StateBatch states(int steps, long first, int rows);

  /**
   * Computes the index of each state among those at its distance from the root.
   *
   * @param states N states
   * @param indices [N], overwritten
   * @throws ArithmeticException if an index does not fit in 63 bits
   */
  void indices(StateBatch states, long[] indices);

  /**
   * Computes the index of each object among all objects.
   *
   * @param objects N objects
   * @param indices [N], overwritten
   * @throws ArithmeticException if an index does not fit in 63 bits
   */
  void objectIndices(ObjectBatch objects, long[] indices);

  /**
   * Enumerates objects in the order of their index.
   *
   * @param first index of the first object wanted, at least 0
   * @param rows N, the number of objects wanted; {@code first + rows} is at most their count
   * @throws IndexOutOfBoundsException if there are fewer
   */
  ObjectBatch objects(long first, int rows);

  /** Returns the number of distinct objects, or empty where it does not fit in 63 bits. */
  OptionalLong objectCount();
}
