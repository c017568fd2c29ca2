package io.logitflow.exporter.tabulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.NonAutoregressive;
import io.logitflow.trainer.environment.StateBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellTableTest {
  /** A cell of these holds a token's id plus one. */
  @ParameterizedTest
  @CsvSource({"2, 1", "255, 1", "256, 2", "257, 2"})
  void holdsTheCellsOfStates(int vocabulary, int bytes) {
    Environment environment = new NonAutoregressive(tokens(vocabulary), "-", 2);
    StateNumbering numbering = StateNumbering.of(environment, 1);
    CellTable table = CellTable.ofStates(environment, numbering, 2, false);
    assertThat(table.bytesPerNumber()).isEqualTo(bytes);
    StateBatch states = environment.states(1, 0, numbering.count(1));
    assertThat(numbers(table)).containsExactly(states.cells());
  }

  @ParameterizedTest
  @CsvSource({"127, 1", "128, 1", "129, 2"})
  void holdsTheDistancesOfStates(int side, int bytes) {
    Environment environment = new Hypergrid(2, side);
    int depth = environment.maximumSteps() - 1;
    StateNumbering numbering = StateNumbering.of(environment, depth);
    CellTable table = CellTable.ofStates(environment, numbering, 3, true);
    assertThat(table.bytesPerNumber()).isEqualTo(bytes);
    int[] numbers = numbers(table);
    int state = 0;
    for (int steps = 0; steps <= depth; steps++) {
      StateBatch states = environment.states(steps, 0, numbering.count(steps));
      for (int row = 0; row < states.rows(); row++) {
        int[] cells = states.rows(row, 1).cells();
        int at = 4 * state++;
        assertThat(IntStream.range(0, 3).map(cell -> numbers[at + cell]).toArray())
            .containsExactly(cells);
        assertThat(numbers[at + 3]).isEqualTo(steps);
      }
    }
    assertThat(numbers).hasSize(4 * state);
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "256, 1", "257, 2"})
  void holdsTheTokensOfObjects(int vocabulary, int bytes) {
    Environment environment = new Autoregressive(tokens(vocabulary), "-", 1, 1);
    CellTable table = CellTable.ofObjects(environment);
    assertThat(table.bytesPerNumber()).isEqualTo(bytes);
    assertThat(numbers(table)).containsExactly(IntStream.range(0, vocabulary).toArray());
  }

  /** Reads numbers as the graph does: bytes unsigned, two of them signed. */
  private static int[] numbers(CellTable table) {
    ByteBuffer bytes = table.bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN).flip();
    List<Integer> numbers = new ArrayList<>();
    while (bytes.hasRemaining()) {
      numbers.add(table.bytesPerNumber() == 1 ? Byte.toUnsignedInt(bytes.get()) : bytes.getShort());
    }
    assertThat(numbers).hasSize(table.rows() * table.width());
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  private static List<String> tokens(int count) {
    return IntStream.range(0, count).mapToObj(token -> "t" + token).toList();
  }
}
