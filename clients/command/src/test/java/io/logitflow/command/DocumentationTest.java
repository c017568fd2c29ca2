package io.logitflow.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents hold together: what they link to is there, and they name nothing outside. */
class DocumentationTest {
  static List<String> documents() throws IOException {
    List<String> documents = new ArrayList<>(markdownIn(CommandRun.REPOSITORY, 1));
    documents.addAll(markdownIn(CommandRun.REPOSITORY.resolve("docs"), 2));
    return documents;
  }

  private static List<String> markdownIn(Path directory, int depth) throws IOException {
    try (Stream<Path> files = Files.walk(directory, depth)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .map(file -> CommandRun.REPOSITORY.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void allDocumentsAreFound() throws IOException {
    assertThat(documents())
        .contains("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "UPGRADING.md")
        .contains("docs/vocabulary.md", "docs/adr/0001-one-rollout-graph.md");
  }

  @ParameterizedTest
  @MethodSource("documents")
  void linksLeadSomewhere(String name) {
    MarkdownFile document = MarkdownFile.read(name);
    for (String link : document.links()) {
      if (link.startsWith("https://")) {
        continue;
      }
      int hash = link.indexOf('#');
      String path = hash < 0 ? link : link.substring(0, hash);
      Path target = document.file().resolveSibling(path).normalize();
      assertThat(path.isEmpty() ? document.file() : target).as("%s: %s", name, link).exists();
      assertThat(target.startsWith(CommandRun.REPOSITORY)).as("%s: %s", name, link).isTrue();
      if (hash >= 0) {
        MarkdownFile linked = path.isEmpty() ? document : MarkdownFile.read(target.toString());
        assertThat(linked.anchors()).as("%s: %s", name, link).contains(link.substring(hash + 1));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void nameNoPlaceOfOneMachine(String name) {
    assertThat(MarkdownFile.read(name).text())
        .doesNotContainPattern("(?<![\\w.])/(home|root|work|tmp|Users|opt|usr)/")
        .doesNotContain("../shared");
  }
}
