package io.logitflow.trainer.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Held against plain loops that count as they multiply and add. */
class OperationCountTest {
  private static final List<Integer> WIDTHS = List.of(3, 5, 4, 2);
  private static final int STATES = 7;

  private double counted;

  @Test
  void countsWhatPlainLoopsDo() {
    forward();
    assertThat(OperationCount.forward(WIDTHS, STATES)).isEqualTo(counted);
    counted = 0;
    backward();
    assertThat(OperationCount.backward(WIDTHS, STATES)).isEqualTo(counted);
    counted = 0;
    forward();
    forward();
    backward();
    assertThat(OperationCount.round(WIDTHS, STATES)).isEqualTo(counted);
  }

  private void forward() {
    for (int layer = 0; layer + 1 < WIDTHS.size(); layer++) {
      multiply(STATES, WIDTHS.get(layer), WIDTHS.get(layer + 1));
    }
  }

  private void backward() {
    for (int layer = WIDTHS.size() - 2; layer >= 0; layer--) {
      multiply(WIDTHS.get(layer), STATES, WIDTHS.get(layer + 1));
      if (layer > 0) {
        multiply(STATES, WIDTHS.get(layer + 1), WIDTHS.get(layer));
      }
    }
  }

  /** Counts the product of [rows, inner] and [inner, columns]. */
  private void multiply(int rows, int inner, int columns) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        for (int i = 0; i < inner; i++) {
          counted++; // A multiplication.
          counted++; // An addition.
        }
      }
    }
  }
}
