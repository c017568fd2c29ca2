package io.logitflow.trainer.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A grid of three by three, worked by hand; larger ones against sums of big integers. */
class HypergridTest {
  private static final Environment GRID = new Hypergrid(2, 3);

  @Test
  void sizesFollowFromTheConfig() {
    assertThat(GRID.actionCount()).isEqualTo(3);
    assertThat(GRID.backwardActionCount()).isEqualTo(3);
    assertThat(GRID.maximumSteps()).isEqualTo(5);
    assertThat(GRID.featureCount()).isEqualTo(6);
    assertThat(GRID.tokens()).containsExactly("0", "1", "2");
    assertThat(GRID.minimumLength()).isEqualTo(2);
    assertThat(GRID.maximumLength()).isEqualTo(2);
    assertThat(GRID.objectCount()).hasValue(9);
    assertThat(IntStream.rangeClosed(0, 5).mapToLong(t -> GRID.stateCount(t).orElseThrow()))
        .containsExactly(1L, 2L + 1, 3L + 2, 2L + 3, 1L + 2, 1L);
  }

  @Test
  void masksFollowTheCoordinates() {
    StateBatch states = cells(new int[] {0, 0, 0, 2, 1, 0, 2, 2, 0, 2, 0, 1});
    boolean[] forward = new boolean[12];
    boolean[] backward = new boolean[12];

    GRID.forwardMask(states, forward);
    GRID.backwardMask(states, backward);

    assertThat(forward)
        .containsExactly(
            true, true, true, false, true, true, false, false, true, false, false, false);
    assertThat(backward)
        .containsExactly(
            false, false, false, true, true, false, true, true, false, false, false, true);
  }

  @Test
  void cellsOfASumComeInLexicographicOrderBeforeTheStoppedOnesOfOneLess() {
    assertThat(GRID.states(2, 0, 5).cells())
        .containsExactly(0, 2, 0, 1, 1, 0, 2, 0, 0, 0, 1, 1, 1, 0, 1);
    assertThat(GRID.states(5, 0, 1).cells()).containsExactly(2, 2, 1);
  }

  @Test
  void everyCoordinateIsHotInTheFeaturesAndTheStopIsNot() {
    FloatBuffer features = FloatBuffer.allocate(18);
    Arrays.fill(features.array(), 7f);

    GRID.writeFeatures(cells(new int[] {0, 0, 0, 2, 1, 0, 2, 1, 1}), features);

    assertThat(features.array())
        .containsExactly(1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0);
  }

  @Test
  void objectsAreCoordinatesBetweenHyphens() {
    Environment environment = new Hypergrid(3, 12);
    ObjectText text = new ObjectText(environment);
    ObjectBatch objects = environment.objects(3 * 144 + 11, 1);

    assertThat(text.format(objects, 0)).isEqualTo("3-0-11");
    assertThat(environment.terminals(objects).steps()).containsExactly(15);
    assertThatThrownBy(() -> text.parse("f", "3-0"))
        .hasMessage("f: found \"3-0\" of 2 tokens, expected 3 tokens");
    assertThatThrownBy(() -> text.parse("f", "3-0-12")).hasMessageContaining("token \"12\"");
  }

  @ParameterizedTest
  @CsvSource({"1,5", "4,7", "9,2", "20,30", "64,3", "3,1024"})
  void countsAreThoseOfPlainAddition(int dimensions, int side) {
    BigInteger[] ways = {BigInteger.ONE};
    for (int j = 1; j <= dimensions; j++) {
      BigInteger[] more = new BigInteger[j * (side - 1) + 1];
      Arrays.fill(more, BigInteger.ZERO);
      for (int sum = 0; sum < ways.length; sum++) {
        for (int first = 0; first < side; first++) {
          more[sum + first] = more[sum + first].add(ways[sum]);
        }
      }
      ways = more;
    }
    BoundedSums sums = new BoundedSums(dimensions, side);
    for (int sum = 0; sum < ways.length; sum++) {
      assertThat(BigInteger.valueOf(sums.count(dimensions, sum)))
          .isEqualTo(ways[sum].min(BigInteger.valueOf(Long.MAX_VALUE)));
    }
    assertThat(sums.count(dimensions, -1)).isZero();
    assertThat(sums.count(dimensions, ways.length)).isZero();
  }

  @Test
  void largeGridsAreIndexedAsFarAsNumbersReach() {
    Environment environment = new Hypergrid(9, 100);
    Random random = new Random(3);
    StateBatch states = environment.roots(200);
    for (int row = 0; row < states.rows(); row++) {
      for (int i = 0; i < 9; i++) {
        int coordinate = random.nextInt(100);
        states.cells()[row * 10 + i] = coordinate;
        states.steps()[row] += coordinate;
      }
      states.cells()[row * 10 + 9] = row % 2;
      states.steps()[row] += row % 2;
    }
    long[] indices = new long[200];
    environment.indices(states, indices);
    for (int row = 0; row < states.rows(); row++) {
      StateBatch found = environment.states(states.steps()[row], indices[row], 1);
      assertThat(found.cells()).isEqualTo(states.select(new int[] {row}).cells());
    }

    Environment largest = new Hypergrid(64, 1024);
    assertThat(largest.maximumSteps()).isEqualTo(65_473);
    assertThat(largest.objectCount()).isEmpty();
    assertThat(largest.stateCount(1)).hasValue(65);
    assertThat(largest.stateCount(30_000)).isEmpty();
    assertThat(largest.stateCount(65_473)).hasValue(1);
    StateBatch middle = largest.roots(1);
    Arrays.fill(middle.cells(), 0, 64, 500);
    middle.steps()[0] = 32_000;
    assertThatThrownBy(() -> largest.indices(middle, new long[1]))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void aSideOfOneIsRefused() {
    assertThatThrownBy(() -> new Hypergrid(2, 1)).hasMessage("side 1");
  }

  private static StateBatch cells(int[] cells) {
    StateBatch states = GRID.roots(cells.length / 3);
    System.arraycopy(cells, 0, states.cells(), 0, cells.length);
    for (int i = 0; i < cells.length; i++) {
      states.steps()[i / 3] += cells[i];
    }
    return states;
  }
}
