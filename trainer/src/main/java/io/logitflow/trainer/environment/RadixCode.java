package io.logitflow.trainer.environment;

/** Rows of digits below a base as numbers, the first digit most significant. */
final class RadixCode {
  private final int base;

  /** base^n by n, saturated. */
  private final long[] counts;

  /**
   * Creates a code.
   *
   * @param base at least 1
   * @param maximumDigits the most digits of a number
   */
  RadixCode(int base, int maximumDigits) {
    this.base = base;
    this.counts = new long[maximumDigits + 1];
    counts[0] = 1;
    for (int digits = 1; digits <= maximumDigits; digits++) {
      counts[digits] = SaturatedCount.product(counts[digits - 1], base);
    }
  }

  /** Returns how many numbers of that many digits there are, a {@link SaturatedCount}. */
  long count(int digits) {
    return counts[digits];
  }

  /**
   * Returns a number with one more digit behind.
   *
   * @throws ArithmeticException if it does not fit in 63 bits
   */
  long append(long value, int digit) {
    return Math.addExact(Math.multiplyExact(value, (long) base), digit);
  }

  /**
   * Reads a number.
   *
   * @throws ArithmeticException if it does not fit in 63 bits
   */
  long value(int[] digits, int first, int count) {
    long value = 0;
    for (int i = first; i < first + count; i++) {
      value = append(value, digits[i]);
    }
    return value;
  }

  /** Writes a number of that many digits. */
  void write(long value, int[] digits, int first, int count) {
    long rest = value;
    for (int i = first + count - 1; i >= first; i--) {
      digits[i] = (int) (rest % base);
      rest /= base;
    }
  }
}
