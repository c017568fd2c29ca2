package io.logitflow.trainer.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class DistinctStatesTest {
  @Property(tries = 200, seed = "11")
  void holdEveryStateOnceInTheOrderOfTheFirst(
      @ForAll long seed,
      @ForAll @IntRange(max = 200) int rows,
      @ForAll @IntRange(max = 4) int width,
      @ForAll @IntRange(min = 1, max = 4) int values) {
    Random random = new Random(seed);
    StateBatch batch = new StateBatch(rows, width);
    Arrays.setAll(batch.cells(), i -> random.nextInt(-1, values));
    Arrays.setAll(batch.steps(), i -> random.nextInt(2));
    int first = rows == 0 ? 0 : random.nextInt(rows);

    DistinctStates distinct = DistinctStates.of(batch, first, rows - first);

    Set<List<Integer>> expected = new LinkedHashSet<>();
    for (int row = first; row < rows; row++) {
      expected.add(state(batch, row));
      assertThat(state(distinct.states(), distinct.index()[row - first]))
          .isEqualTo(state(batch, row));
    }
    assertThat(distinct.states().rows()).isEqualTo(expected.size());
    int place = 0;
    for (List<Integer> state : expected) {
      assertThat(state(distinct.states(), place++)).isEqualTo(state);
    }
  }

  private static List<Integer> state(StateBatch batch, int row) {
    List<Integer> numbers =
        new ArrayList<>(
            Arrays.stream(batch.cells(), row * batch.width(), (row + 1) * batch.width())
                .boxed()
                .toList());
    numbers.add(batch.steps()[row]);
    return numbers;
  }
}
