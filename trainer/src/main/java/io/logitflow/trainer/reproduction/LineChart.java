package io.logitflow.trainer.reproduction;

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
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A picture of lines with bands of one standard deviation around them, in panels side by side.
 *
 * @param xLabel name of the horizontal axis
 * @param yLabel name of the vertical axis
 * @param logarithmic whether the horizontal axis is
 * @param panels from left to right, at least one
 */
record LineChart(String xLabel, String yLabel, boolean logarithmic, List<Panel> panels) {
  private static final int HEIGHT = 440;
  private static final int SINGLE_WIDTH = 860;
  private static final int PANEL_WIDTH = 420;
  private static final int BAND_OPACITY = 40;
  private static final int LEGEND_ROW = 20;
  private static final int LEGEND_COLUMN = 280;
  private static final int SAMPLE_LENGTH = 28;
  private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
  private static final Color INK = new Color(0x26, 0x32, 0x38);
  private static final Color GRID = new Color(0xE3, 0xE8, 0xEB);

  /** Distinct to readers with any colour vision (Okabe and Ito 2008), black left to references. */
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x99, 0x99, 0x99),
          new Color(0xE6, 0x9F, 0x00),
          new Color(0xCC, 0x79, 0xA7),
          new Color(0x00, 0x72, 0xB2),
          new Color(0x00, 0x9E, 0x73),
          new Color(0xD5, 0x5E, 0x00),
          new Color(0x56, 0xB4, 0xE9),
          new Color(0xA6, 0x7C, 0x00));

  /**
   * One panel.
   *
   * @param title above it
   * @param lines what it shows
   */
  record Panel(String title, List<Line> lines) {}

  /**
   * One line.
   *
   * @param name its name in the legend
   * @param colour number of its colour, or below 0 for one of a reference: black and dashed
   * @param spreads by place; a place where there are none is left out
   */
  record Line(String name, int colour, NavigableMap<Double, Spread> spreads) {}

  /**
   * Draws the picture into a PNG file.
   *
   * @param file where it goes; what is there is replaced
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
    int width = panels.size() == 1 ? SINGLE_WIDTH : PANEL_WIDTH;
    int whole = width * panels.size();
    List<Line> named = panels.get(0).lines();
    int columns = whole / LEGEND_COLUMN;
    int legend = (named.size() + columns - 1) / columns * LEGEND_ROW + LEGEND_ROW / 2;
    BufferedImage image = new BufferedImage(whole, HEIGHT + legend, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, whole, HEIGHT + legend);
    for (int i = 0; i < panels.size(); i++) {
      Graphics2D part = (Graphics2D) graphics.create(i * width, 0, width, HEIGHT);
      chart(panels.get(i), width).paint(part, width, HEIGHT);
      part.dispose();
    }
    graphics.setFont(SMALL);
    for (int i = 0; i < named.size(); i++) {
      int x = i % columns * LEGEND_COLUMN + LEGEND_ROW;
      drawSample(graphics, named.get(i), x, HEIGHT + i / columns * LEGEND_ROW + LEGEND_ROW / 2);
    }
    graphics.dispose();
    return image;
  }

  /** Draws an entry of the legend, which is below all panels: some lack some lines. */
  private static void drawSample(Graphics2D graphics, Line line, int x, int y) {
    graphics.setColor(colour(line));
    graphics.setStroke(stroke(line));
    graphics.drawLine(x, y, x + SAMPLE_LENGTH, y);
    graphics.setColor(INK);
    int baseline = y + graphics.getFontMetrics().getAscent() / 2;
    graphics.drawString(line.name(), x + SAMPLE_LENGTH + LEGEND_ROW / 2, baseline);
  }

  private XYChart chart(Panel panel, int width) {
    XYChart chart =
        new XYChartBuilder()
            .width(width)
            .height(HEIGHT)
            .title(panel.title())
            .xAxisTitle(xLabel)
            .yAxisTitle(yLabel)
            .build();
    style(chart.getStyler());
    // Bands first: lines lie over all of them.
    panel.lines().forEach(line -> addBand(chart, line));
    panel.lines().forEach(line -> addLine(chart, line));
    return chart;
  }

  private void style(XYStyler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setChartFontColor(INK);
    styler.setChartTitleBoxVisible(false);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(GRID);
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setAxisTickLabelsFont(SMALL);
    styler.setXAxisLogarithmic(logarithmic);
    if (!logarithmic) {
      styler.setXAxisMin(0.0);
    }
    styler.setLegendVisible(false);
  }

  private static void addBand(XYChart chart, Line line) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    line.spreads()
        .forEach(
            (place, spread) -> {
              x.add(place);
              y.add(spread.mean() - spread.deviation());
            });
    line.spreads()
        .descendingMap()
        .forEach(
            (place, spread) -> {
              x.add(place);
              y.add(spread.mean() + spread.deviation());
            });
    if (line.spreads().size() > 1 && y.stream().allMatch(Double::isFinite)) {
      XYSeries band = chart.addSeries(line.name() + ", band", x, y);
      Color colour = colour(line);
      band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
      band.setFillColor(
          new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), BAND_OPACITY));
      band.setLineColor(new Color(0, 0, 0, 0));
      band.setMarker(SeriesMarkers.NONE);
    }
  }

  private static void addLine(XYChart chart, Line line) {
    if (line.spreads().isEmpty()) {
      return;
    }
    XYSeries series =
        chart.addSeries(
            line.name(),
            List.copyOf(line.spreads().keySet()),
            line.spreads().values().stream().map(Spread::mean).toList());
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    series.setLineColor(colour(line));
    series.setLineStyle(stroke(line));
    boolean isPoint = line.spreads().size() == 1;
    series.setMarker(isPoint || line.colour() < 0 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    series.setMarkerColor(colour(line));
  }

  private static BasicStroke stroke(Line line) {
    return line.colour() >= 0
        ? new BasicStroke(2f)
        : new BasicStroke(
            1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, dash(line.colour()), 0f);
  }

  /** The first reference is dashed long, each further one shorter. */
  private static float[] dash(int colour) {
    return new float[] {8f / -colour, 4f};
  }

  private static Color colour(Line line) {
    return line.colour() < 0 ? INK : COLOURS.get(line.colour() % COLOURS.size());
  }
}
