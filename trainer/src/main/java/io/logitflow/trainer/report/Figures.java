package io.logitflow.trainer.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** How numbers and names stand in tables. */
final class Figures {
  private static final int DIGITS = 5;
  private static final double LONGEST_WHOLE = 1e15;

  private Figures() {}

  /** Writes a number with five significant digits, or all of a whole one. */
  static String text(double number) {
    if (!Double.isFinite(number)) {
      return Double.toString(number);
    }
    if (number == Math.rint(number) && Math.abs(number) < LONGEST_WHOLE) {
      return Long.toString((long) number);
    }
    BigDecimal rounded = new BigDecimal(number).round(new MathContext(DIGITS)).stripTrailingZeros();
    boolean small = rounded.scale() > 2 * DIGITS;
    return small || rounded.scale() < -DIGITS ? rounded.toString() : rounded.toPlainString();
  }

  /** Writes a value of JSON, one that is absent as a dash. */
  static String text(JsonNode value) {
    if (value.isNumber()) {
      return text(value.doubleValue());
    }
    if (value.isBoolean()) {
      return value.booleanValue() ? "yes" : "no";
    }
    return value.isMissingNode() || value.isNull() ? "–" : value.asText();
  }

  /**
   * Words the key of a metric: {@code log_partition} is "log Z", {@code best_score} says that it is
   * of one round, the others lose their marks.
   */
  static String title(String key) {
    String words =
        key.replace("log_partition", "log Z")
            .replace("log_z", "log Z")
            .replaceAll("^best_score$", "best score of the round")
            .replaceAll("[_.]", " ");
    return words.startsWith("log Z")
        ? words
        : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }
}
