package io.logitflow.trainer.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A page for people to look at.
 *
 * @param title its title
 * @param subtitle one line beneath it
 * @param facts what, when, with which versions
 * @param sections the rest, from top to bottom
 */
record Page(String title, String subtitle, List<Fact> facts, List<Section> sections) {
  /**
   * A fact.
   *
   * @param name what it says
   * @param value the fact
   */
  record Fact(String name, String value) {}

  /**
   * A part of a page under a heading.
   *
   * @param heading the heading
   * @param note a sentence beneath it, empty if there is none
   * @param contents what stands in it
   */
  record Section(String heading, String note, Contents contents) {}

  /** What may stand in a section. */
  sealed interface Contents {}

  /**
   * Charts beside one another; those with several horizontal axes switch together.
   *
   * @param charts the charts
   */
  record Charts(List<Chart> charts) implements Contents {}

  /**
   * Sequence logos.
   *
   * @param logos the logos
   */
  record Logos(List<SequenceLogo> logos) implements Contents {}

  /**
   * A table.
   *
   * @param headers names of the columns
   * @param rows cells as text
   * @param prose whether cells are words, which may be wrapped, rather than figures
   */
  record Table(List<String> headers, List<List<String>> rows, boolean prose) implements Contents {
    private static final int GAP = 2;

    /**
     * Brings records into a table.
     *
     * @param records objects with much the same keys, each a row; every key is a column
     */
    static Table of(List<JsonNode> records) {
      Set<String> keys = new LinkedHashSet<>();
      records.forEach(row -> row.fieldNames().forEachRemaining(keys::add));
      return new Table(
          keys.stream().map(Figures::title).toList(),
          records.stream()
              .map(row -> keys.stream().map(key -> Figures.text(row.path(key))).toList())
              .toList(),
          false);
    }

    /**
     * Makes a table with a column for each record, under the value of the records' first key, and a
     * row for each of the other keys.
     */
    static Table ofColumns(List<ObjectNode> records) {
      Table across = of(List.copyOf(records));
      List<List<String>> rows = new ArrayList<>();
      for (int key = 0; key < across.headers().size(); key++) {
        int column = key;
        List<String> row = new ArrayList<>(List.of(across.headers().get(key)));
        across.rows().forEach(record -> row.add(record.get(column)));
        rows.add(row);
      }
      return new Table(rows.get(0), rows.subList(1, rows.size()), false);
    }

    /**
     * Returns the table as lines of text, the first column flush left, the others right. The marks
     * of titles are such as consoles of every encoding have.
     */
    String text() {
      List<List<String>> lines = new ArrayList<>(List.of(headers));
      lines.addAll(rows);
      StringBuilder text = new StringBuilder();
      for (List<String> line : lines) {
        StringBuilder row = new StringBuilder();
        for (int column = 0; column < line.size(); column++) {
          int place = column;
          int width =
              lines.stream().mapToInt(other -> other.get(place).length()).max().orElseThrow();
          String blanks = " ".repeat(width - line.get(column).length());
          row.append(column == 0 ? "" : " ".repeat(GAP));
          row.append(column == 0 ? line.get(column) + blanks : blanks + line.get(column));
        }
        text.append(row.toString().stripTrailing()).append('\n');
      }
      return text.toString().replace('‖', '|').replace('–', '-');
    }
  }

  /**
   * Text as it is, such as YAML.
   *
   * @param text the text
   */
  record Verbatim(String text) implements Contents {}
}
