package io.logitflow.trainer.report;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chart of a page.
 *
 * @param title what it shows
 * @param note what a reader must know, empty if nothing
 * @param xLabels names of the horizontal axes that a reader may choose from, by their keys
 * @param logarithmic whether the vertical axis is; all numbers are then above 0
 * @param steps whether lines are outlines of histograms rather than curves
 * @param lines what is drawn
 */
record Chart(
    String title,
    String note,
    Map<String, String> xLabels,
    boolean logarithmic,
    boolean steps,
    List<Line> lines) {
  /**
   * A line of a chart.
   *
   * @param name its name in the legend
   * @param colour number of its colour, from 0: the same in every chart of a page that shows the
   *     same, whichever other lines the chart has
   * @param x places on each axis, ascending, [N]
   * @param y heights, null where there is none, [N]
   * @param band the band around the line, null where it has none
   */
  record Line(
      String name,
      int colour,
      Map<String, List<@Nullable Double>> x,
      List<@Nullable Double> y,
      @Nullable Band band) {}

  /**
   * A band around a line.
   *
   * @param low its lower edge, [N]
   * @param high its upper edge, [N]
   */
  record Band(List<@Nullable Double> low, List<@Nullable Double> high) {}

  /** Returns the chart in one sentence, for those who cannot see it. */
  String summary() {
    StringBuilder text = new StringBuilder(title);
    for (Line line : lines) {
      Double last = line.y().isEmpty() ? null : line.y().get(line.y().size() - 1);
      text.append("; ").append(line.name()).append(": ").append(line.y().size()).append(" points");
      if (last != null && !steps) {
        text.append(", the last ").append(Figures.text(last));
      }
    }
    return text.toString();
  }

  /**
   * Tells whether lines can stand on a logarithmic axis.
   *
   * @param lines the lines of a chart
   */
  static boolean allPositive(List<Line> lines) {
    return lines.stream()
        .allMatch(
            line ->
                line.y().stream().allMatch(y -> y == null || y > 0)
                    && (line.band() == null
                        || line.band().low().stream().allMatch(low -> low == null || low > 0)));
  }
}
