package io.logitflow.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedOutputTest {
  @TempDir Path folder;
  private Path target;

  @BeforeEach
  void name() {
    target = folder.resolve("deep/er/out");
  }

  @Test
  void aDirectoryAppearsWholeWhenPublished() throws IOException {
    try (StagedOutput staged = StagedOutput.directory(target)) {
      Files.createDirectories(staged.path().resolve("inner"));
      Files.writeString(staged.path().resolve("inner/file"), "text");
      assertThat(target).doesNotExist();
      staged.publish();
    }
    assertThat(target.resolve("inner/file")).hasContent("text");
    assertThat(names(folder.resolve("deep/er"))).containsExactly("out");
  }

  @Test
  void whatIsNotPublishedLeavesNothing() throws IOException {
    try (StagedOutput staged = StagedOutput.directory(target)) {
      Files.writeString(staged.path().resolve("file"), "text");
    }
    try (StagedOutput staged = StagedOutput.file(target)) {
      Files.writeString(staged.path(), "text");
    }
    assertThat(names(folder.resolve("deep/er"))).isEmpty();
  }

  @Test
  void aFileReplacesTheOneBeforeItAtOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "before");
    try (StagedOutput staged = StagedOutput.file(file)) {
      Files.writeString(staged.path(), "after");
      assertThat(file).hasContent("before");
      staged.publish();
    }
    assertThat(file).hasContent("after");
    assertThat(names(folder)).containsExactly("file");
  }

  @Test
  void refusesADirectoryThatExistsAndOneThatAppearsMeanwhile() throws IOException {
    Files.createDirectories(target);
    assertThatThrownBy(() -> StagedOutput.directory(target))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(target + ": found something of that name, expected a name that is not taken");
    assertThatThrownBy(() -> StagedOutput.file(target))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(target + ": found a directory, expected a file's name");
    Path other = folder.resolve("other");
    try (StagedOutput staged = StagedOutput.directory(other)) {
      Files.createDirectories(other);
      assertThatThrownBy(staged::publish)
          .isInstanceOf(LogitFlowException.class)
          .hasMessageStartingWith(other + ": cannot be written: FileAlreadyExistsException");
    }
    assertThat(names(folder)).containsExactly("deep", "other");
    assertThat(names(other)).isEmpty();
  }

  @Test
  void aParentThatIsAFileIsAFaultOfOneLine() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> StagedOutput.directory(file.resolve("out")))
        .isInstanceOf(LogitFlowException.class)
        .hasMessageStartingWith(file.resolve("out") + ": cannot be written: ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void whatAKilledProcessLeftGoesWhenTheNameIsUsedAgain() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Path leftover = folder.resolve(".out." + dead.pid() + ".partial");
    Files.createDirectories(leftover.resolve("inner"));
    Path running =
        folder.resolve(".out." + ProcessHandle.current().parent().get().pid() + ".partial");
    Files.createDirectories(running);
    Path foreign = Files.writeString(folder.resolve(".out.x.partial"), "");
    StagedOutput.directory(folder.resolve("out")).close();
    assertThat(leftover).doesNotExist();
    assertThat(running).exists();
    assertThat(foreign).exists();
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
