package io.logitflow.command.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.command.CommandRun;
import io.logitflow.command.UniformSampler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as its user runs it, against a server in the test. */
@Timeout(120)
class SampleIT {
  private static final String CSV_OF_SEED_5 =
      """
      row,beta,object,log_pf,log_pb,log_z,implied_log_reward,implied_score
      0,2.0,AAAAAACC,-11.090355,0.5,4.0,-3.7951775,0.13099612
      1,2.0,GCTGATTA,-11.090355,0.5,4.0,-3.7951775,0.13099612
      2,10.0,ATTACTAT,-11.090355,0.5,20.0,0.8409645,0.61433995
      3,10.0,TCGGGGGG,-11.090355,0.5,20.0,0.8409645,0.61433995
      """;

  @Test
  void theSameBytesComeOnStandardOutputAndInAFile(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("candidates.csv");
    try (UniformSampler sampler = UniformSampler.start()) {
      CommandRun printed =
          sample(sampler.target(), "--beta", "2,10", "--count", "2", "--seed", "5");
      CommandRun written =
          sample(
              sampler.target(),
              "--beta",
              "2,10",
              "--count",
              "2",
              "--seed",
              "5",
              "--out",
              file.toString());

      assertThat(printed.exitCode()).isZero();
      assertThat(printed.out()).isEqualTo(CSV_OF_SEED_5);
      assertThat(printed.err().lines()).hasSize(2);
      assertThat(printed.err())
          .startsWith("warning: beta 10.0 is extrapolated: the model was trained on 1.0 to 3.0\n")
          .containsPattern("\nseed 5, 4 rows, [0-9]+ candidates/s\n");
      assertThat(written.exitCode()).isZero();
      assertThat(written.out()).isEmpty();
      assertThat(Files.readString(file)).isEqualTo(CSV_OF_SEED_5);
    }
  }

  @Test
  void anInterruptedRunLeavesNothingBehind(@TempDir Path directory) throws Exception {
    try (UniformSampler sampler = UniformSampler.stallingAtRow(500)) {
      Process sampling =
          new ProcessBuilder(
                  CommandRun.REPOSITORY.resolve("logitflow").toString(),
                  "sample",
                  "--target",
                  sampler.target(),
                  "--beta",
                  "1",
                  "--count",
                  "1000",
                  "--out",
                  directory.resolve("candidates.csv").toString())
              .start();
      while (isEmpty(directory)) {
        assertThat(sampling.isAlive()).isTrue();
        TimeUnit.MILLISECONDS.sleep(20);
      }

      sampling.destroy();

      assertThat(sampling.waitFor()).isNotZero();
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void aTargetThatNobodyListensOnIsOneLineWithExitCode1() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    CommandRun run = sample("127.0.0.1:" + port, "--beta", "1", "--count", "1");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("127.0.0.1:" + port + ": no sampler answers: ");
  }

  @Test
  void aNameThatDoesNotResolveIsOneLine() throws Exception {
    CommandRun run = sample("sampler.invalid:1", "--beta", "1", "--count", "1");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("sampler.invalid:1: ");
  }

  @Test
  void aWrongFlagIsOneLineWithExitCode2() throws Exception {
    CommandRun run = sample("127.0.0.1:1", "--beta", "one", "--count", "1");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isEqualTo("--beta: found one, expected a number\n");
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  private static CommandRun sample(String target, String... arguments) throws Exception {
    String[] all = new String[arguments.length + 3];
    all[0] = "sample";
    all[1] = "--target";
    all[2] = target;
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return CommandRun.logitflow(all);
  }
}
