package io.logitflow.command.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.command.CommandRun;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole line through every stage as its user runs it, with a training run cut short. */
@Timeout(600)
class QuickstartIT {
  private static final String NUMBER = "[0-9,.]+";

  @Test
  void theOneCommandLeavesAModelItsSamplesAndTheirPicture(@TempDir Path directory)
      throws Exception {
    Path out = directory.resolve("quickstart");

    CommandRun run =
        CommandRun.logitflow(
            "quickstart",
            "--out",
            out.toString(),
            "--set",
            "training.rounds=20",
            "--set",
            "evaluation.samples=500");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(out.resolve("checkpoint/evaluation.json")).isNotEmptyFile();
    assertThat(out.resolve("bundle/rollout.onnx")).isNotEmptyFile();
    assertThat(ImageIO.read(out.resolve("scores.png").toFile()).getWidth()).isEqualTo(1_200);
    List<String> candidates = Files.readAllLines(out.resolve("candidates.csv"));
    assertThat(candidates).hasSize(30_001);
    assertThat(candidates.get(0))
        .isEqualTo("row,beta,object,log_pf,log_pb,log_z,implied_log_reward,implied_score");
    assertThat(candidates.get(30_000)).matches("29999,10\\.0,[ACGT]{8}(,[-0-9.E]+){5}");

    assertThat(run.out().lines().filter(line -> line.startsWith("$ ")).map(QuickstartIT::command))
        .containsExactly("train", "export", "verify", "serve", "sample");
    assertThat(run.out())
        .containsPattern(row("1"))
        .containsPattern(row("3"))
        .containsPattern(row("10 \\(extrapolated\\)"));
    assertServerGone(run.out());
  }

  @Test
  void aDirectoryOfAnothersIsRefusedBeforeAnythingRuns(@TempDir Path directory) throws Exception {
    Path mine = Files.writeString(directory.resolve("candidates.csv"), "mine");

    CommandRun run = CommandRun.logitflow("quickstart", "--out", directory.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .containsExactly(
            directory
                + ": found something of that name that is not a quickstart's (it holds no"
                + " .logitflow-quickstart), expected a new name, or the directory of an earlier"
                + " quickstart");
    assertThat(mine).hasContent("mine");
  }

  private static String command(String line) {
    String prefix = "$ ./logitflow ";
    assertThat(line).startsWith(prefix);
    return line.substring(prefix.length(), line.indexOf(' ', prefix.length()));
  }

  private static Pattern row(String beta) {
    return Pattern.compile(
        "(?m)^" + beta + (" +" + NUMBER).repeat(5) + " +[0-9]+/328 +" + NUMBER + "$");
  }

  private static void assertServerGone(String printed) {
    String port =
        Pattern.compile("Serving .* on 127\\.0\\.0\\.1:([0-9]+)")
            .matcher(printed)
            .results()
            .map(match -> match.group(1))
            .findFirst()
            .orElseThrow();
    int number = Integer.parseInt(port);
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), number).close())
        .isInstanceOf(ConnectException.class);
  }
}
