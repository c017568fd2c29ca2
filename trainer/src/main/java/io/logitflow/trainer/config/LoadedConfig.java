package io.logitflow.trainer.config;

import java.nio.file.Path;

/**
 * A config and the directory that its files are relative to. The config keeps paths as they are
 * written, so that it is the same on every machine.
 *
 * @param config every effective value
 * @param directory the directory of the config's file
 */
public record LoadedConfig(TrainerConfig config, Path directory) {
  /**
   * Resolves a path of the config.
   *
   * @param file relative to the directory, or absolute
   */
  public Path resolve(Path file) {
    return directory.resolve(file);
  }
}
