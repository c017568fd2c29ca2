package io.logitflow.command.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LauncherTest {
  @Test
  void showsACommandAsItIsTypedInTheRootOfTheRepository() {
    Launcher launcher = launcher("repository");

    assertThat(launcher.repositoryFile("trainer/a.yaml")).hasToString("trainer/a.yaml");
    assertThat(launcher.commandLine(List.of("train", "--set", "a.b=c", "--out", "quick/start")))
        .isEqualTo("./logitflow train --set a.b=c --out quick/start");
  }

  @Test
  void showsPathsFromWhereTheReaderStands() {
    Launcher launcher = launcher("repository/docs");

    assertThat(launcher.repositoryFile("trainer/a.yaml")).hasToString("../trainer/a.yaml");
    assertThat(launcher.commandLine(List.of("serve"))).isEqualTo("../logitflow serve");
  }

  @Test
  void quotesWhatAShellWouldSplit() {
    assertThat(launcher("repository").commandLine(List.of("--out", "my dir's", "", "$x")))
        .isEqualTo("./logitflow --out 'my dir'\\''s' '' '$x'");
  }

  private static Launcher launcher(String workingDirectory) {
    return new Launcher(
        Path.of("repository/logitflow"),
        Path.of(workingDirectory),
        new PrintWriter(new StringWriter()));
  }
}
