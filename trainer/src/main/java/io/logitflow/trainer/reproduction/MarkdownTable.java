package io.logitflow.trainer.reproduction;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table in Markdown.
 *
 * @param header names of the columns
 * @param rows cells, as many in each as the header has
 */
record MarkdownTable(List<String> header, List<List<String>> rows) {
  @Override
  public String toString() {
    return Stream.concat(
            Stream.of(header, header.stream().map(name -> "---").toList()), rows.stream())
        .map(MarkdownTable::line)
        .collect(Collectors.joining());
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
