package io.logitflow.trainer.environment;

import java.util.OptionalLong;

/** Arithmetic of numbers of states or objects, none below 0, that stays at {@link #TOO_MANY}. */
final class SaturatedCount {
  /** Stands for 2^63 − 1 and every count above. */
  static final long TOO_MANY = Long.MAX_VALUE;

  private SaturatedCount() {}

  /** Returns a + b. */
  static long sum(long a, long b) {
    return a > TOO_MANY - b ? TOO_MANY : a + b;
  }

  /** Returns a · b. */
  static long product(long a, long b) {
    return b != 0 && a > TOO_MANY / b ? TOO_MANY : a * b;
  }

  /** Returns the count, or empty in place of {@link #TOO_MANY}. */
  static OptionalLong optional(long count) {
    return count == TOO_MANY ? OptionalLong.empty() : OptionalLong.of(count);
  }

  /**
   * Returns a count that is part of an index.
   *
   * @throws ArithmeticException if it is {@link #TOO_MANY}
   */
  static long exact(long count) {
    if (count == TOO_MANY) {
      throw new ArithmeticException("an index does not fit in 63 bits");
    }
    return count;
  }
}
