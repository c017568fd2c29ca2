package io.logitflow.trainer.report;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Properties;

/** What a jar on the class path says of itself. */
final class MavenArtifact {
  private MavenArtifact() {}

  /**
   * Returns the version of an artifact.
   *
   * @param group its group
   * @param artifact its name
   * @return empty where it was built by no jar, as in tests of its own module
   */
  static Optional<String> version(String group, String artifact) {
    String name = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
    try (InputStream stream = MavenArtifact.class.getResourceAsStream(name)) {
      Properties properties = new Properties();
      if (stream != null) {
        properties.load(stream);
      }
      return Optional.ofNullable(properties.getProperty("version"));
    } catch (IOException e) {
      throw new IllegalStateException(name + " cannot be read", e);
    }
  }
}
