package io.logitflow.command.quickstart;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.StagedOutput;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The picture that a quickstart leaves: for each inverse temperature a panel in which the scores of
 * the candidates lie over the exact distribution of scores under the target.
 *
 * @param title above all panels
 * @param panels from left to right
 */
record ScoreChart(String title, List<Panel> panels) {
  /** Width of the picture in pixels. */
  static final int WIDTH = 1200;

  /** Height of the picture in pixels. */
  static final int HEIGHT = 500;

  private static final int TITLE_HEIGHT = 48;
  private static final Color INK = new Color(0x26, 0x32, 0x38);
  private static final Color GRID = new Color(0xE3, 0xE8, 0xEB);
  private static final Color SAMPLED_FILL = new Color(0x9C, 0xC9, 0xE8);
  private static final Color SAMPLED_EDGE = new Color(0x5B, 0x9B, 0xC8);
  private static final Color TARGET = new Color(0xC6, 0x3D, 0x0F);

  ScoreChart {
    panels = List.copyOf(panels);
  }

  /**
   * One inverse temperature.
   *
   * @param title above the panel
   * @param sampled scores of the candidates
   * @param target scores under the target, in the same bins
   */
  record Panel(String title, ScoreHistogram sampled, ScoreHistogram target) {
    private static final int BINS = 40;

    /**
     * Bins both distributions over the range of the table's scores.
     *
     * @param title above the panel
     * @param sampled scores of the candidates
     * @param table score of every object
     * @param target [N] probability of each of the table's objects
     */
    static Panel of(String title, SampledScores sampled, ScoreTable table, double[] target) {
      double[] scores = table.scores();
      double low = Arrays.stream(scores).min().orElseThrow();
      double high = Arrays.stream(scores).max().orElseThrow();
      double[] drawn = sampled.scores().stream().mapToDouble(Double::doubleValue).toArray();
      double[] alike = new double[drawn.length];
      Arrays.fill(alike, 1);
      return new Panel(
          title,
          ScoreHistogram.of(drawn, alike, low, high, BINS),
          ScoreHistogram.of(scores, target, low, high, BINS));
    }
  }

  /**
   * Draws the picture into a PNG file of {@value #WIDTH} x {@value #HEIGHT} pixels.
   *
   * @throws LogitFlowException if the disk refuses, or Java finds no font to write with
   */
  void write(Path file) {
    try (StagedOutput staged = StagedOutput.file(file)) {
      ImageIO.write(draw(), "png", staged.path().toFile());
      staged.publish();
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be written", e);
    } catch (InternalError | LinkageError e) {
      // What a headless Java throws on a machine without fontconfig or without any font.
      throw new LogitFlowException(
          Category.FAILED,
          file + ": cannot be drawn: Java finds no font, expected fontconfig and one font",
          e);
    }
  }

  private BufferedImage draw() {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, WIDTH, HEIGHT);
      graphics.setColor(INK);
      graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
      int titleWidth = graphics.getFontMetrics().stringWidth(title);
      graphics.drawString(title, (WIDTH - titleWidth) / 2, 32);
      int width = WIDTH / panels.size();
      for (int i = 0; i < panels.size(); i++) {
        Graphics2D part =
            (Graphics2D) graphics.create(i * width, TITLE_HEIGHT, width, HEIGHT - TITLE_HEIGHT);
        chart(panels.get(i), width, i == 0).paint(part, width, HEIGHT - TITLE_HEIGHT);
        part.dispose();
      }
    } finally {
      graphics.dispose();
    }
    return image;
  }

  private static XYChart chart(Panel panel, int width, boolean first) {
    XYChart chart =
        new XYChartBuilder()
            .width(width)
            .height(HEIGHT - TITLE_HEIGHT)
            .title(panel.title())
            .xAxisTitle("score")
            .yAxisTitle(first ? "probability" : "")
            .build();
    style(chart.getStyler());
    XYSeries sampled = chart.addSeries("sampled", edges(panel.sampled()), heights(panel.sampled()));
    sampled.setXYSeriesRenderStyle(XYSeriesRenderStyle.Area);
    sampled.setFillColor(SAMPLED_FILL);
    sampled.setLineColor(SAMPLED_EDGE);
    sampled.setLineStyle(new BasicStroke(1.5f));
    sampled.setMarker(SeriesMarkers.NONE);
    XYSeries target =
        chart.addSeries("exact target", edges(panel.target()), heights(panel.target()));
    target.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    target.setLineColor(TARGET);
    target.setLineStyle(new BasicStroke(2f));
    target.setMarker(SeriesMarkers.NONE);
    return chart;
  }

  private static void style(XYStyler styler) {
    Font small = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setChartFontColor(INK);
    styler.setChartTitleBoxVisible(false);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setAxisTickLabelsFont(small);
    styler.setXAxisDecimalPattern("0.0");
    styler.setYAxisDecimalPattern("0.00");
    styler.setYAxisMin(0.0);
    styler.setLegendPosition(LegendPosition.InsideNW);
    styler.setLegendLayout(LegendLayout.Vertical);
    styler.setLegendBorderColor(GRID);
    styler.setLegendFont(small);
  }

  /** The outline of a histogram is a line through two points for each bin, and back to zero. */
  private static double[] edges(ScoreHistogram histogram) {
    int bins = histogram.mass().size();
    double[] edges = new double[2 * bins + 2];
    for (int edge = 0; edge <= bins; edge++) {
      double x = histogram.low() + edge * histogram.width();
      edges[2 * edge] = x;
      edges[2 * edge + 1] = x;
    }
    return edges;
  }

  private static double[] heights(ScoreHistogram histogram) {
    int bins = histogram.mass().size();
    double[] heights = new double[2 * bins + 2];
    for (int bin = 0; bin < bins; bin++) {
      heights[2 * bin + 1] = histogram.mass().get(bin);
      heights[2 * bin + 2] = histogram.mass().get(bin);
    }
    return heights;
  }
}
