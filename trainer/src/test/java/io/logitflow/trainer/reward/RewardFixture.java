package io.logitflow.trainer.reward;

import io.logitflow.trainer.environment.ObjectBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/** Files and objects for tests of rewards. */
final class RewardFixture {
  private RewardFixture() {}

  /**
   * Returns the bytes of a file that {@code make_fixtures.py} made.
   *
   * @param name the file's name
   */
  static byte[] bytes(String name) {
    try (InputStream resource = RewardFixture.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(resource, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Copies a file that {@code make_fixtures.py} made.
   *
   * @param name the file's name
   * @param directory where to
   */
  static Path copy(String name, Path directory) {
    try {
      return Files.write(directory.resolve(name), bytes(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Creates objects.
   *
   * @param width S
   * @param objects token ids of each, at most S
   */
  static ObjectBatch objects(int width, int[]... objects) {
    int[] tokens = new int[objects.length * width];
    for (int row = 0; row < objects.length; row++) {
      System.arraycopy(objects[row], 0, tokens, row * width, objects[row].length);
    }
    int[] lengths = Arrays.stream(objects).mapToInt(object -> object.length).toArray();
    return new ObjectBatch(objects.length, width, tokens, lengths);
  }
}
