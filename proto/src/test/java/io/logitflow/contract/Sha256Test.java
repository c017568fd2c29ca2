package io.logitflow.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Sha256Test {
  /** The example messages that NIST publishes for FIPS 180-4, and the empty one. */
  @ParameterizedTest
  @CsvSource({
    "'', e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "abc, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq,"
        + " 248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  })
  void agreesWithThePublishedExamples(String message, String expected, @TempDir Path directory)
      throws IOException {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(directory.resolve("message"), bytes);

    assertThat(Sha256.of(bytes)).isEqualTo(expected);
    assertThat(Sha256.of(file)).isEqualTo(expected);
  }
}
