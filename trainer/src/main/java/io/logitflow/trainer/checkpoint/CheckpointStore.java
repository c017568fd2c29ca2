package io.logitflow.trainer.checkpoint;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.StagedOutput;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.training.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints in the directory of one run: {@code round-NNNNNNNNN}, each complete. The newest
 * two are kept, so there is always a whole one, whenever the process dies.
 */
public final class CheckpointStore {
  /** Name of the report that a finished run leaves beside its checkpoints. */
  public static final String EVALUATION = "evaluation.json";

  private static final Pattern NAME = Pattern.compile("round-\\d{9}");
  private static final Pattern PARTIAL = Pattern.compile("\\..+\\.\\d+\\.partial");
  private static final int KEPT = 2;

  private final Path directory;

  /**
   * Opens the store of a run, creating its directory.
   *
   * @param directory the run's directory
   * @param resume whether the directory may hold a run already
   * @throws InvalidInputException if the directory exists and is not to be resumed, or holds what
   *     no run has written
   */
  public CheckpointStore(Path directory, boolean resume) {
    this.directory = directory;
    if (!resume) {
      StagedOutput.requireAbsent(directory);
    }
    try {
      Files.createDirectories(directory);
      for (Path entry : entries(directory)) {
        String name = entry.getFileName().toString();
        if (PARTIAL.matcher(name).matches()) {
          StagedOutput.deleteTree(entry); // Left by a process that was killed while it wrote.
        } else if (!NAME.matcher(name).matches() && !name.equals(EVALUATION)) {
          throw new InvalidInputException(
              directory.toString(), name, "a directory that holds a training run and nothing else");
        }
      }
    } catch (IOException e) {
      throw cannot("be written", directory, e);
    }
  }

  /**
   * Saves a state under its round, unless that round is there already, and drops old ones.
   *
   * @param config the run's effective configuration
   * @param rewardSha256 SHA-256 of the data that scores come from
   * @param state what to save
   * @throws LogitFlowException if the disk refuses; what was there before is intact
   */
  public void write(TrainerConfig config, String rewardSha256, TrainingState state) {
    Path target = directory.resolve(String.format("round-%09d", state.round()));
    if (Files.exists(target)) {
      return;
    }
    try (StagedOutput staged = StagedOutput.directory(target)) {
      CheckpointFiles.write(staged.path(), config, rewardSha256, state);
      staged.publish();
    } catch (IOException e) {
      throw cannot("be written", target, e);
    }
    List<Path> rounds = rounds(directory);
    rounds.stream().limit(Math.max(0, rounds.size() - KEPT)).forEach(StagedOutput::deleteTree);
  }

  /** Loads the newest checkpoint, if there is one. */
  public Optional<Checkpoint> latest() {
    List<Path> rounds = rounds(directory);
    return rounds.isEmpty() ? Optional.empty() : Optional.of(load(rounds.get(rounds.size() - 1)));
  }

  static Checkpoint require(Path directory) {
    List<Path> rounds = Files.isDirectory(directory) ? rounds(directory) : List.of();
    if (rounds.isEmpty()) {
      throw new InvalidInputException(
          directory.toString(), "no checkpoint", "a directory that ./logitflow train has written");
    }
    return load(rounds.get(rounds.size() - 1));
  }

  private static Checkpoint load(Path checkpoint) {
    try {
      return CheckpointFiles.read(checkpoint);
    } catch (IOException e) {
      throw cannot("be read", checkpoint, e);
    }
  }

  /** Lists the complete checkpoints, the oldest first. */
  private static List<Path> rounds(Path directory) {
    try {
      return entries(directory).stream()
          .filter(entry -> NAME.matcher(entry.getFileName().toString()).matches())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw cannot("be read", directory, e);
    }
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  private static LogitFlowException cannot(String what, Path path, IOException cause) {
    return new LogitFlowException(
        Category.FAILED, path + ": cannot " + what + ": " + cause.getMessage(), cause);
  }
}
