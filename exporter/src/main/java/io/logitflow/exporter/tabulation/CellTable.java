package io.logitflow.exporter.tabulation;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Rows of small whole numbers: the first cells of states, and behind them the distance from the
 * root where it differs; or the tokens of objects.
 *
 * @param rows how many
 * @param width numbers of a row
 * @param bytesPerNumber 1, unsigned, or 2, signed
 * @param bytes row-major, little-endian
 */
public record CellTable(int rows, int width, int bytesPerNumber, ByteBuffer bytes) {
  private static final int LARGEST_BYTE = 255;

  /**
   * Returns the cells of the states at the numbering's greatest distance, and if asked for of all
   * others, in the order of their numbers.
   *
   * @param environment whose states they are
   * @param numbering their numbers
   * @param cells how many of a state's
   * @param all whether the others are there too, and each state's distance behind its cells
   */
  static CellTable ofStates(
      Environment environment, StateNumbering numbering, int cells, boolean all) {
    int depth = numbering.depth();
    int width = cells + (all ? 1 : 0);
    int rows = all ? numbering.states() : numbering.count(depth);
    CellTable table = empty(rows, width, cellBytes(environment));
    for (int steps = all ? 0 : depth; steps <= depth; steps++) {
      StateVisitor.visit(environment, steps, (states, first) -> table.put(states, cells));
    }
    return table;
  }

  /**
   * Returns the tokens of all objects, in the order in which the environment enumerates the states
   * at T steps from the root.
   *
   * @param environment whose objects all lie T steps from the root
   */
  static CellTable ofObjects(Environment environment) {
    int rows = Math.toIntExact(environment.stateCount(environment.maximumSteps()).orElseThrow());
    CellTable table = empty(rows, environment.maximumLength(), tokenBytes(environment));
    StateVisitor.visit(
        environment,
        environment.maximumSteps(),
        (states, first) -> {
          ObjectBatch objects = environment.objects(states);
          for (int token : objects.tokens()) {
            table.put(token);
          }
        });
    return table;
  }

  /** Returns the bytes of a token. */
  static int tokenBytes(Environment environment) {
    return environment.tokens().size() <= LARGEST_BYTE + 1 ? 1 : Short.BYTES;
  }

  /** Returns the bytes of a cell, or of a distance. */
  static int cellBytes(Environment environment) {
    // A cell may hold a token's id plus one.
    boolean small =
        environment.tokens().size() <= LARGEST_BYTE && environment.maximumSteps() <= LARGEST_BYTE;
    return small ? 1 : Short.BYTES;
  }

  private static CellTable empty(int rows, int width, int bytesPerNumber) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(rows, width * bytesPerNumber))
            .order(ByteOrder.LITTLE_ENDIAN);
    return new CellTable(rows, width, bytesPerNumber, bytes);
  }

  private void put(StateBatch states, int cells) {
    for (int row = 0; row < states.rows(); row++) {
      for (int cell = 0; cell < cells; cell++) {
        put(states.cells()[row * states.width() + cell]);
      }
      if (width > cells) {
        put(states.steps()[row]);
      }
    }
  }

  private void put(int number) {
    if (bytesPerNumber == 1) {
      bytes.put((byte) number);
    } else {
      bytes.putShort((short) number);
    }
  }
}
