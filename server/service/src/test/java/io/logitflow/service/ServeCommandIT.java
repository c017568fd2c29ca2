package io.logitflow.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.v1.SamplerGrpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process as a user starts it. */
final class ServeCommandIT {
  private static final int TERMINATED = 128 + 15;

  private final Path bundle;

  ServeCommandIT(@TempDir Path directory) {
    bundle = GoldenBundle.copyTo(directory);
  }

  @Test
  void servesUntilItIsToldToEnd() throws Exception {
    Process process = start("serve", "--bundle", bundle.toString(), "--port", "0");
    try (BufferedReader out = process.inputReader()) {
      String line = String.valueOf(out.readLine());
      assertThat(line).matches("Serving .+ on 127\\.0\\.0\\.1:\\d+").contains(bundle.toString());
      String address = line.substring(line.lastIndexOf(' ') + 1);
      ManagedChannel channel =
          Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build();
      try {
        Rig.Answer answer =
            Rig.read(SamplerGrpc.newBlockingStub(channel).sample(Rig.request(1, 100, 1).build()));
        assertThat(answer.rows()).isEqualTo(100);
      } finally {
        channel.shutdownNow();
      }
      // Process.destroy() would close its streams, too.
      assertThat(process.toHandle().destroy()).isTrue();
      assertThat(process.waitFor()).isEqualTo(TERMINATED);
      assertThat(out.readLine()).isNull();
      assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
          .isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void refusesAPortInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      assertRefused(
          "--port: found "
              + port
              + " \\(.*[Aa]ddress already in use.*\\), expected a port of"
              + " 127.0.0.1 that is free",
          "serve",
          "--bundle",
          bundle.toString(),
          "--port",
          port);
    }
  }

  @Test
  void refusesATruncatedBundle() throws Exception {
    Path rollout = bundle.resolve("rollout.onnx");
    byte[] content = Files.readAllBytes(rollout);
    Files.write(rollout, Arrays.copyOf(content, 100));

    assertRefused(
        ".*rollout.onnx: found 100 bytes, expected " + content.length + ", as the manifest says",
        "serve",
        "--bundle",
        bundle.toString(),
        "--port",
        "0");
  }

  @Test
  void refusesAMissingBundleAndOptionsThatAreNone() throws Exception {
    assertRefused(
        "gone: found nothing of that name, expected a bundle's directory",
        "serve",
        "--bundle",
        "gone",
        "--port",
        "0");
    assertRefused("--bundle: found nothing, expected DIR", "serve", "--port", "0");
    assertRefused(
        "--port: found x, expected a whole number of up to 32 bits",
        "serve",
        "--bundle",
        "gone",
        "--port",
        "x");
  }

  @Test
  void optionsOfTheSamplerReachIt() throws Exception {
    Process process =
        start(
            "serve",
            "--bundle",
            "gone",
            "--port",
            "0",
            "--workers",
            "1025",
            "--tile",
            "65537",
            "--maximum-rows",
            "0");
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(err)
        .isEqualToNormalizingNewlines(
            """
            --workers: found 1025, expected 1 to 1024
            --tile: found 65537, expected 1 to 65536
            --maximum-rows: found 0, expected at least 1
            """);
  }

  @Test
  void refusesAGpuThatIsNotThere() throws Exception {
    assertRefused(
        "--provider: found cuda, .+, expected cpu, or a .+",
        "serve",
        "--bundle",
        bundle.toString(),
        "--port",
        "0",
        "--provider",
        "cuda");
    assertRefused(
        "--device: found the provider cpu, expected --provider cuda beside it",
        "serve",
        "--bundle",
        bundle.toString(),
        "--port",
        "0",
        "--device",
        "0");
  }

  private static void assertRefused(String pattern, String... arguments) throws Exception {
    Process process = start(arguments);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(err).isEqualTo(2);
    assertThat(out).isEmpty();
    assertThat(err.lines().toList()).singleElement().asString().matches(pattern);
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(ServiceProcess.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).start();
  }
}
