package io.logitflow.trainer.reproduction;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that the views of an experiment show, by seed, as CSV: a row for each number, with the view,
 * the part, the variant, the seed, the β of an evaluation on the interval (empty elsewhere), the
 * axis, the place on it, the figure and its value.
 */
final class FigureTable {
  private static final List<String> HEADER =
      List.of("view", "part", "variant", "seed", "beta", "axis", "place", "figure", "value");

  private FigureTable() {}

  /**
   * Writes the table.
   *
   * @param experiment the experiment
   * @param results what all runs have left
   */
  static String csv(Experiment experiment, List<RunResult> results) {
    StringWriter text = new StringWriter();
    try (CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text)) {
      csv.writeRecord(HEADER);
      for (View view : experiment.views()) {
        for (RunResult result : results) {
          if (!view.without().contains(result.run().variant().name())) {
            write(csv, view, result);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(CsvWriter csv, View view, RunResult result) {
    List<@Nullable Double> betas =
        view.betas().isEmpty() ? Arrays.asList((Double) null) : new ArrayList<>(view.betas());
    for (Double beta : betas) {
      result
          .line(view, beta)
          .forEach(
              (place, value) ->
                  csv.writeRecord(
                      view.name(),
                      result.run().part().name(),
                      result.run().variant().name(),
                      Long.toString(result.run().seed()),
                      beta == null ? "" : ViewPage.plain(beta),
                      view.axis().title(),
                      ViewPage.plain(place),
                      view.figure(),
                      value.toString()));
    }
  }
}
