package io.logitflow.contract;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Text from outside as a message may hold it: on one line, without control characters, and not
 * longer than a reader wants, whatever a file holds.
 */
public final class Excerpt {
  /** The characters of the longest excerpt. */
  public static final int LONGEST = 400;

  // Line and paragraph separators, and what turns the direction of text, are no controls.
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private Excerpt() {}

  /**
   * Returns text on one line; what is beyond {@link #LONGEST} characters becomes an ellipsis.
   *
   * @param value what has the text, or null
   */
  public static String of(@Nullable Object value) {
    String text = String.valueOf(value);
    String start = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    return UNPRINTABLE.matcher(start).replaceAll("?");
  }
}
