package io.logitflow.command.output;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names in refusals the options that a user gave. A server knows the fields of the protocol alone,
 * and a status carries its refusal as text: a line for each fault, which begins with the field.
 */
public final class OptionNames {
  private static final Map<String, String> OF_FIELDS =
      Map.ofEntries(
          Map.entry("target", "--target"),
          Map.entry("beta", "--beta"),
          Map.entry("count", "--count"),
          Map.entry("unique_count", "--unique"),
          Map.entry("greedy", "--greedy"),
          Map.entry("top_p", "--top-p"),
          Map.entry("trajectories", "--trajectories"),
          // What does not go together is the fault of no single one.
          Map.entry("constraint", "the constraints (--allow-at-step, --forbid, ...)"),
          Map.entry("constraint.allowed_at_step", "--allow-at-step"),
          Map.entry("constraint.allowed_at_position", "--allow-at-position"),
          Map.entry("constraint.prefix", "--prefix"),
          Map.entry("constraint.length", "--length"),
          Map.entry("constraint.forbidden_tokens", "--forbid"),
          Map.entry("beta, length and trajectories", "--beta, --objects and --trajectories"));

  /** What servers say of other fields in what they expected. */
  private static final Map<String, String> OF_REASONS =
      Map.of(
          "since unique_count is set", "since --unique is set",
          "since greedy is set", "since --greedy is set",
          "1 to count, ", "1 to --count, ",
          "since constraint.length is ", "since --length is ",
          "which is constraint.length", "which is --length");

  /** What stands before the kinds of constraints that a model has. */
  private static final String SUPPORTED = "since this model supports ";

  /** A field, in a list its place, of the entry there a part, and the rest of the line. */
  private static final Pattern FAULT =
      Pattern.compile("([a-z_., ]+?)(?:\\[\\d+](?:\\.([a-z]+)(?:\\[\\d+])?)?)?(: found .*)");

  private OptionNames() {}

  /**
   * Returns a failure with the options named, or itself where no input is at fault.
   *
   * @param failure of a call, or of what was given for it
   */
  public static LogitFlowException in(LogitFlowException failure) {
    if (failure.category() != Category.INVALID_INPUT) {
      return failure;
    }
    String message =
        String.valueOf(failure.getMessage())
            .lines()
            .map(OptionNames::line)
            .collect(Collectors.joining("\n"));
    return new LogitFlowException(failure.category(), message, failure);
  }

  private static String line(String line) {
    Matcher fault = FAULT.matcher(line);
    if (!fault.matches() || !OF_FIELDS.containsKey(fault.group(1))) {
      return line;
    }
    String part = fault.group(2) == null ? "" : " " + fault.group(2).toUpperCase(Locale.ROOT);
    String rest = fault.group(3);
    int expected = rest.lastIndexOf(", expected ");
    String reason = rest.substring(Math.max(0, expected));
    for (Map.Entry<String, String> entry : OF_REASONS.entrySet()) {
      reason = reason.replace(entry.getKey(), entry.getValue());
    }
    int kinds = reason.indexOf(SUPPORTED);
    if (kinds >= 0) {
      reason =
          reason.substring(0, kinds)
              + SUPPORTED
              + options(reason.substring(kinds + SUPPORTED.length()));
    }
    return OF_FIELDS.get(fault.group(1)) + part + rest.substring(0, Math.max(0, expected)) + reason;
  }

  /** Returns the options of the kinds of constraints in a list. */
  private static String options(String kinds) {
    return Arrays.stream(kinds.split(", "))
        .map(kind -> OF_FIELDS.getOrDefault("constraint." + kind, kind))
        .collect(Collectors.joining(", "));
  }
}
