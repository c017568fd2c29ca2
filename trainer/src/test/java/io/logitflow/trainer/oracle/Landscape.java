package io.logitflow.trainer.oracle;

import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Environments;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.reward.LogRewardTransform;
import io.logitflow.trainer.reward.Rewards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A small landscape of random scores over all objects of an environment, written to a folder as a
 * user would have it: a table and a config.
 */
public final class Landscape {
  private final Path folder;
  private final TrainerConfig config;
  private final Environment environment;
  private final LogReward logReward;

  /**
   * Writes and loads a landscape over the strings of A, C, G, T, built by adding at both ends.
   *
   * @param folder an empty folder
   * @param length tokens of an object
   * @param settings config values besides, as {@code --set} takes them
   */
  public Landscape(Path folder, int length, String... settings) throws IOException {
    this(folder, "{type: prepend-append, tokens: [A, C, G, T], length: " + length + "}", settings);
  }

  /**
   * Writes and loads a landscape.
   *
   * @param folder an empty folder
   * @param section the config's environment in YAML, on one line
   * @param settings config values besides, as {@code --set} takes them
   */
  public Landscape(Path folder, String section, String... settings) throws IOException {
    this.folder = folder;
    Files.writeString(
        configFile(),
        """
        environment: %s
        reward: {type: table, file: scores.csv, object_column: sequence, score_column: score}
        log_reward: {exponent: 2, scale: 3}
        """
            .formatted(section));
    List<String> all = new ArrayList<>(List.of("policy.hidden_widths=[16]"));
    all.addAll(List.of(settings));
    this.config = ConfigLoader.load(configFile(), all).config();
    this.environment = Environments.create(config.environment());
    writeScores();
    this.logReward =
        new LogReward(
            Rewards.create(config.reward(), folder, environment),
            new LogRewardTransform(config.logReward()),
            new ObjectText(environment));
  }

  private void writeScores() throws IOException {
    Random random = new Random(1);
    ObjectBatch objects = allObjects();
    ObjectText text = new ObjectText(environment);
    StringBuilder csv = new StringBuilder("sequence,score\n");
    for (int row = 0; row < objects.rows(); row++) {
      csv.append(text.format(objects, row))
          .append(',')
          .append(0.2 + 0.8 * random.nextDouble())
          .append('\n');
    }
    Files.writeString(folder.resolve("scores.csv"), csv);
  }

  /** Returns the config's file. */
  public Path configFile() {
    return folder.resolve("landscape.yaml");
  }

  /** Returns the effective configuration. */
  public TrainerConfig config() {
    return config;
  }

  /** Returns the environment. */
  public Environment environment() {
    return environment;
  }

  /** Returns the log rewards of objects. */
  public LogReward logReward() {
    return logReward;
  }

  /** Returns every object, in the order of their index. */
  public ObjectBatch allObjects() {
    return environment.objects(0, Math.toIntExact(environment.objectCount().orElseThrow()));
  }

  /** Returns no objects: no known modes. */
  public ObjectBatch noModes() {
    return new ObjectBatch(0, environment.maximumLength(), new int[0], new int[0]);
  }
}
