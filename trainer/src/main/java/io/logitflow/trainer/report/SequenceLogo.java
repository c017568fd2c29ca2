package io.logitflow.trainer.report;

import com.samskivert.mustache.Escapers;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The sequence logo of sampled objects (Schneider and Stephens 1990): at each position a stack of
 * letters as high as the position's information content log2(A) − H − (A − 1) / (2 ln 2 · n) in
 * bits, not below 0, each letter's share its frequency. The last term corrects for the n objects
 * that have the position.
 *
 * @param title what it shows
 * @param letters the alphabet, A letters
 * @param counts objects with a letter at a position, [L, A]
 */
record SequenceLogo(String title, List<String> letters, long[][] counts) {
  private static final int MOST_LETTERS = 26;

  /** Height of a capital over its font's size, in Arial, Helvetica and their like. */
  private static final double CAPITAL = 0.716;

  private static final double BIT = 60;
  private static final double WIDTH = 30;
  private static final double LEFT = 34;
  private static final double TOP = 8;
  private static final double BOTTOM = 22;
  private static final double GAP = 1;
  private static final double SMALLEST = 0.3;

  /**
   * Tells whether objects over an alphabet have a logo.
   *
   * @param tokens names of the tokens
   */
  static boolean covers(List<String> tokens) {
    return tokens.size() > 1
        && tokens.size() <= MOST_LETTERS
        && tokens.stream().allMatch(token -> token.codePointCount(0, token.length()) == 1);
  }

  /**
   * Returns the logo of the positions that any object has.
   *
   * @param title what the logo shows
   * @param letters an alphabet that {@link #covers} accepts
   * @param counts objects with a letter at a position, [S, A], S the most tokens of an object
   */
  static SequenceLogo of(String title, List<String> letters, long[][] counts) {
    long[][] had =
        Arrays.stream(counts)
            .takeWhile(position -> LongStream.of(position).sum() > 0)
            .toArray(long[][]::new);
    return new SequenceLogo(title, letters, had);
  }

  /**
   * Computes the heights of the letters.
   *
   * @return bits, [L, A]
   */
  double[][] heights() {
    double[][] heights = new double[counts.length][];
    for (int position = 0; position < counts.length; position++) {
      double all = LongStream.of(counts[position]).sum();
      double entropy = 0;
      for (long count : counts[position]) {
        entropy -= count == 0 ? 0 : count / all * log2(count / all);
      }
      double correction = (letters.size() - 1) / (2 * Math.log(2) * all);
      double bits = Math.max(0, log2(letters.size()) - entropy - correction);
      heights[position] =
          LongStream.of(counts[position]).mapToDouble(count -> count / all * bits).toArray();
    }
    return heights;
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  /** Returns the most frequent letter of each position. */
  String consensus() {
    StringBuilder text = new StringBuilder();
    for (long[] column : counts) {
      text.append(
          letters.get(
              IntStream.range(0, column.length)
                  .boxed()
                  .max(Comparator.comparingLong(letter -> column[letter]))
                  .orElseThrow()));
    }
    return text.toString();
  }

  /** Returns the width of the drawing in pixels below which its letters are not to be read. */
  int smallestWidth() {
    return (int) (LEFT + counts.length * WIDTH / 2);
  }

  /** Draws the logo as an SVG element, the most frequent letters on top. */
  String svg() {
    double ceiling = log2(letters.size()) * BIT;
    StringBuilder svg = new StringBuilder();
    append(
        svg,
        "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">",
        LEFT + counts.length * WIDTH + 2,
        TOP + ceiling + BOTTOM,
        escape(title + "; consensus " + consensus()));
    double base = TOP + ceiling;
    for (int bits = 0; bits <= log2(letters.size()); bits++) {
      double y = base - bits * BIT;
      append(
          svg,
          "<line class=\"rule\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
          LEFT - 4,
          LEFT + counts.length * WIDTH,
          y,
          y);
      append(svg, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\">%d</text>", LEFT - 8, y + 4, bits);
    }
    append(
        svg,
        "<text class=\"bits\" transform=\"translate(11 %.1f) rotate(-90)\">bits</text>",
        TOP + ceiling / 2);
    double[][] heights = heights();
    for (int position = 0; position < counts.length; position++) {
      drawStack(svg, position, heights[position], base);
      append(
          svg,
          "<text class=\"position\" x=\"%.1f\" y=\"%.1f\">%d</text>",
          LEFT + (position + 0.5) * WIDTH,
          base + 16,
          position + 1);
    }
    return svg.append("</svg>").toString();
  }

  private void drawStack(StringBuilder svg, int position, double[] heights, double base) {
    List<Integer> order =
        IntStream.range(0, heights.length)
            .boxed()
            .sorted(Comparator.comparingDouble(letter -> heights[letter]))
            .toList();
    double y = base;
    for (int letter : order) {
      double height = heights[letter] * BIT;
      if (height >= SMALLEST) {
        append(
            svg,
            "<text class=\"letter l%d\" textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\""
                + " font-size=\"%.1f\" transform=\"translate(%.2f %.2f) scale(1 %.4f)\">%s</text>",
            colour(letter),
            WIDTH - 2 * GAP,
            WIDTH,
            LEFT + position * WIDTH + GAP,
            y,
            height / (WIDTH * CAPITAL),
            escape(letters.get(letter)));
      }
      y -= height;
    }
  }

  /** Bases have the colours that biologists know them by; other letters take turns. */
  private int colour(int letter) {
    int base = "ACGTU".indexOf(letters.get(letter));
    boolean bases = letters.stream().allMatch("ACGTU"::contains);
    return bases ? Math.min(base, 3) : letter % 8;
  }

  private static void append(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  private static String escape(String text) {
    return Escapers.HTML.escape(text);
  }
}
