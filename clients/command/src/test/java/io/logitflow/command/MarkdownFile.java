package io.logitflow.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A document of the repository.
 *
 * @param file where it lies
 * @param text what it says
 */
record MarkdownFile(Path file, String text) {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  /** Reads a document, named from the root of the repository. */
  static MarkdownFile read(String name) {
    Path file = CommandRun.REPOSITORY.resolve(name);
    try {
      return new MarkdownFile(file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the lines of all fenced blocks in a language, without empty ones. */
  List<String> linesIn(String language) {
    return BLOCK
        .matcher(text)
        .results()
        .filter(block -> block.group(1).equals(language))
        .flatMap(block -> block.group(2).lines())
        .filter(line -> !line.isBlank())
        .toList();
  }

  /** Returns the targets of links outside of fenced blocks. */
  List<String> links() {
    return groups(LINK).toList();
  }

  /** Returns the names by which links reach this document's headings. */
  List<String> anchors() {
    return groups(HEADING)
        .map(heading -> heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} -]", ""))
        .map(heading -> heading.replace(' ', '-'))
        .toList();
  }

  private Stream<String> groups(Pattern pattern) {
    return pattern
        .matcher(BLOCK.matcher(text).replaceAll(""))
        .results()
        .map((MatchResult match) -> match.group(1));
  }
}
