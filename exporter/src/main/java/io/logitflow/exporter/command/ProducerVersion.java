package io.logitflow.exporter.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The version of LogitFlow that this build is. */
final class ProducerVersion {
  private static final String RESOURCE = "version.txt";

  private ProducerVersion() {}

  /** Returns the version, as Maven wrote it into the module's resources. */
  static String read() {
    try (InputStream resource = ProducerVersion.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException(RESOURCE + " is not on the class path");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new IllegalStateException(RESOURCE + " cannot be read", e);
    }
  }
}
