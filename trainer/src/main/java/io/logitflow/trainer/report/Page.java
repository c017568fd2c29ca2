package io.logitflow.trainer.report;

import java.util.List;

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
   */
  record Table(List<String> headers, List<List<String>> rows) implements Contents {}

  /**
   * Text as it is, such as YAML.
   *
   * @param text the text
   */
  record Verbatim(String text) implements Contents {}
}
