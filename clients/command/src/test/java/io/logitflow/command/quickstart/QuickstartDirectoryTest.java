package io.logitflow.command.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartDirectoryTest {
  private final Path parent;

  QuickstartDirectoryTest(@TempDir Path parent) {
    this.parent = parent;
  }

  @Test
  void makesANewDirectoryWithAMarker() {
    QuickstartDirectory directory = QuickstartDirectory.claim(parent.resolve("a/quickstart"));

    assertThat(directory.root()).isDirectory();
    assertThat(directory.root().resolve(".logitflow-quickstart"))
        .hasContent("./logitflow quickstart made this directory and replaces what it wrote here.");
    assertThat(directory.results()).noneMatch(Files::exists);
  }

  @Test
  void replacesItsOwnResultsAndNothingElse() throws IOException {
    Path root = parent.resolve("quickstart");
    QuickstartDirectory first = QuickstartDirectory.claim(root);
    Files.createDirectories(first.checkpoint().resolve("deep"));
    Files.writeString(first.checkpoint().resolve("deep/file"), "old");
    Files.createDirectories(first.bundle());
    Files.writeString(first.candidates(), "old");
    Files.writeString(first.scores(), "old");
    Path mine = Files.writeString(root.resolve("notes.txt"), "mine");

    QuickstartDirectory second = QuickstartDirectory.claim(root);

    assertThat(second.results()).hasSize(4).noneMatch(Files::exists);
    assertThat(mine).hasContent("mine");
    assertThat(root.resolve(QuickstartDirectory.MARKER)).exists();
  }

  @Test
  void refusesADirectoryOfAnothersAndTouchesNothing() throws IOException {
    Path root = Files.createDirectories(parent.resolve("thesis"));
    Path candidates = Files.writeString(root.resolve("candidates.csv"), "mine");

    assertRefused(root);
    assertThat(candidates).hasContent("mine");
    assertThat(root.resolve(QuickstartDirectory.MARKER)).doesNotExist();
  }

  @Test
  void refusesAnEmptyDirectoryAndAFile() throws IOException {
    assertRefused(Files.createDirectories(parent.resolve("empty")));
    assertRefused(Files.writeString(parent.resolve("file"), "mine"));
  }

  private static void assertRefused(Path root) {
    assertThatThrownBy(() -> QuickstartDirectory.claim(root))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            root
                + ": found something of that name that is not a quickstart's (it holds no"
                + " .logitflow-quickstart), expected a new name, or the directory of an earlier"
                + " quickstart");
  }
}
