package io.logitflow.trainer.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.StagedOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Pages as HTML files that need nothing else: styles, scripts and data stand in them, and their
 * content security policy forbids the network. All text is escaped.
 */
final class PageWriter {
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/%s/%s";

  private PageWriter() {}

  /**
   * Writes a page.
   *
   * @param page the page
   * @param file where it goes; what is there is replaced
   * @throws LogitFlowException if the disk refuses
   */
  static void write(Page page, Path file) {
    try (StagedOutput staged = StagedOutput.file(file)) {
      Files.writeString(staged.path(), html(page));
      staged.publish();
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be written", e);
    }
  }

  /** Returns a page as HTML. */
  static String html(Page page) {
    String version = MavenArtifact.version("org.webjars.npm", "uplot").orElseThrow();
    List<Chart> charts = new ArrayList<>();
    Map<String, Object> context = new HashMap<>();
    context.put("title", page.title());
    context.put("subtitle", page.subtitle());
    context.put("facts", page.facts());
    context.put(
        "sections", page.sections().stream().map(section -> view(section, charts)).toList());
    context.put("data", ReportJson.inPage(charts));
    context.put("libraryLicense", resource(String.format(UPLOT, version, "LICENSE")));
    context.put("libraryStyles", resource(String.format(UPLOT, version, "dist/uPlot.min.css")));
    context.put("library", resource(String.format(UPLOT, version, "dist/uPlot.iife.min.js")));
    context.put("styles", resource("page.css"));
    context.put("script", resource("page.js"));
    Template template =
        Mustache.compiler().emptyStringIsFalse(true).compile(resource("page.mustache"));
    return template.execute(context);
  }

  /** Returns a section as the template takes it; its charts are numbered over the whole page. */
  private static Map<String, Object> view(Page.Section section, List<Chart> charts) {
    Map<String, Object> view = new HashMap<>();
    view.put("heading", section.heading());
    view.put("note", section.note());
    view.put("charts", List.of());
    view.put("switch", false);
    view.put("logos", List.of());
    view.put("table", List.of());
    view.put("verbatim", List.of());
    if (section.contents() instanceof Page.Charts shown) {
      List<Map<String, Object>> views = new ArrayList<>();
      for (Chart chart : shown.charts()) {
        views.add(
            Map.of(
                "number", charts.size(),
                "title", chart.title(),
                "note", chart.note(),
                "summary", chart.summary()));
        charts.add(chart);
      }
      view.put("charts", views);
      view.put("switch", shown.charts().stream().anyMatch(chart -> chart.xLabels().size() > 1));
    } else if (section.contents() instanceof Page.Logos shown) {
      view.put(
          "logos",
          shown.logos().stream()
              .map(
                  logo ->
                      Map.of(
                          "title", logo.title(),
                          "width", logo.smallestWidth(),
                          "svg", logo.svg()))
              .toList());
    } else if (section.contents() instanceof Page.Table table) {
      view.put("table", table);
    } else if (section.contents() instanceof Page.Verbatim verbatim) {
      view.put("verbatim", verbatim);
    }
    return view;
  }

  private static String resource(String name) {
    try (InputStream stream = PageWriter.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name + " cannot be read", e);
    }
  }
}
