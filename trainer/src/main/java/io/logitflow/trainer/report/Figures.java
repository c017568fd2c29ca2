package io.logitflow.trainer.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.Map;

/** How numbers and names stand in tables. */
final class Figures {
  private static final int DIGITS = 5;
  private static final double LONGEST_WHOLE = 1e15;

  /** Figures whose keys do not read as words. */
  private static final Map<String, String> TITLES =
      Map.ofEntries(
          Map.entry("elbo", "ELBO"),
          Map.entry("eubo", "EUBO"),
          Map.entry("eubo_source", "EUBO source"),
          Map.entry("log_z_importance", "log Z by importance"),
          Map.entry("jensen_shannon", "Jensen–Shannon"),
          Map.entry("kl_model_target", "KL(model ‖ target)"),
          Map.entry("kl_target_model", "KL(target ‖ model)"),
          Map.entry("expected_score_model", "Expected score, model"),
          Map.entry("expected_score_target", "Expected score, target"),
          Map.entry("entropy_model", "Entropy, model"),
          Map.entry("entropy_target", "Entropy, target"),
          Map.entry("pearson", "Pearson, all objects"),
          Map.entry("spearman", "Spearman, all objects"),
          Map.entry("test_set_pearson", "Pearson, test set"),
          Map.entry("test_set_spearman", "Spearman, test set"));

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
   * Words the key of a figure: some have names of their own, {@code log_partition} is "log Z",
   * {@code best_score} says that it is of one round, the others lose their marks.
   */
  static String title(String key) {
    String known = TITLES.get(key);
    if (known != null) {
      return known;
    }
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
