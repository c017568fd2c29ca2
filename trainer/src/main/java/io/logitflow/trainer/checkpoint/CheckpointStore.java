package io.logitflow.trainer.checkpoint;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.StagedOutput;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.training.TrainingState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints in the directory of one run: {@code round-NNNNNNNNN}, each complete. The newest
 * two are kept, so there is always a whole one, whenever the process dies.
 */
public final class CheckpointStore implements AutoCloseable {
  /** Name of the report that a finished run leaves beside its checkpoints. */
  public static final String EVALUATION = "evaluation.json";

  /** Name of the log of evaluations in the middle of training. */
  public static final String EVALUATIONS = "evaluations.jsonl";

  private static final Pattern NAME = Pattern.compile("round-\\d{9}");
  private static final String LOCK = ".lock";
  // The last three are what package report writes; it stands behind this one.
  private static final Set<String> OTHERS =
      Set.of(EVALUATION, EVALUATIONS, LOCK, "metrics.jsonl", "report.html", "tensorboard");

  /** What is there before the first checkpoint is. */
  private static final Set<String> BEGINNING =
      Set.of(EVALUATIONS, LOCK, "metrics.jsonl", "tensorboard");

  private static final int KEPT = 2;
  private static final int READ_ATTEMPTS = 3;

  private final Path directory;
  private final FileChannel lock;

  /**
   * Opens the store of a run, creating its directory.
   *
   * @param directory the run's directory
   * @param resume whether the directory may hold a run already
   * @throws InvalidInputException if the directory is taken and not to be resumed, or holds what no
   *     run has written, or another process trains in it
   */
  public CheckpointStore(Path directory, boolean resume) {
    this.directory = directory;
    if (!resume) {
      requireFree(directory);
    } else if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new InvalidInputException(directory.toString(), "a file", "a directory");
    }
    try {
      Files.createDirectories(directory);
      List<Path> partial = partialEntries();
      this.lock = lock();
      // Left by a process that was killed while it wrote: the lock says that none writes now.
      partial.forEach(StagedOutput::deleteTree);
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(directory, "be written", e);
    }
  }

  /**
   * Refuses the directory of a new run that is taken. One is free where nothing is, or no more than
   * what a run left that ended before its first checkpoint: the new run writes over it.
   *
   * @param directory the run's directory
   * @throws InvalidInputException if there is anything else
   */
  public static void requireFree(Path directory) {
    try {
      boolean begun =
          Files.exists(directory.resolve(LOCK))
              && entries(directory).stream()
                  .allMatch(
                      entry ->
                          StagedOutput.isStaging(entry)
                              || BEGINNING.contains(entry.getFileName().toString()));
      if (!begun && holdsCheckpoint(directory)) {
        throw new InvalidInputException(
            directory.toString(),
            "the checkpoints of a run",
            "--resume to go on with it, or a name that is not taken");
      }
      if (!begun) {
        StagedOutput.requireAbsent(directory);
      }
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(directory, "be read", e);
    }
  }

  /**
   * Returns whether a run has left a checkpoint in a directory.
   *
   * @param directory the run's directory; need not be there
   */
  public static boolean holdsCheckpoint(Path directory) {
    return Files.isDirectory(directory) && !rounds(directory).isEmpty();
  }

  private List<Path> partialEntries() throws IOException {
    List<Path> partial = new ArrayList<>();
    for (Path entry : entries(directory)) {
      String name = entry.getFileName().toString();
      if (StagedOutput.isStaging(entry)) {
        partial.add(entry);
      } else if (!NAME.matcher(name).matches() && !OTHERS.contains(name)) {
        throw new InvalidInputException(
            directory.toString(), name, "a directory that holds a training run and nothing else");
      }
    }
    return partial;
  }

  private FileChannel lock() throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Held by this very process: refused below like any other holder.
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw new InvalidInputException(
          directory.toString(), "a training run that is under way there", "one run at a time");
    }
    return channel;
  }

  /**
   * Saves a state under its round, unless that round is there already, and drops old ones.
   *
   * @param config the run's effective configuration
   * @param data the data files behind the run
   * @param state what to save
   * @throws LogitFlowException if the disk refuses; what was there before is intact
   */
  public void write(TrainerConfig config, DataFingerprints data, TrainingState state) {
    Path target = directory.resolve(String.format(Locale.ROOT, "round-%09d", state.round()));
    if (Files.exists(target)) {
      return;
    }
    try (StagedOutput staged = StagedOutput.directory(target)) {
      CheckpointFiles.write(staged.path(), config, data, state);
      staged.publish();
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(target, "be written", e);
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
    for (int attempt = 1; ; attempt++) {
      List<Path> rounds = Files.isDirectory(directory) ? rounds(directory) : List.of();
      if (rounds.isEmpty()) {
        throw new InvalidInputException(
            directory.toString(),
            "no checkpoint",
            "a directory that ./logitflow train has written");
      }
      Path newest = rounds.get(rounds.size() - 1);
      try {
        return load(newest);
      } catch (LogitFlowException e) {
        // A run that is under way may have dropped it for newer ones while it was read.
        if (Files.exists(newest) || attempt == READ_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static Checkpoint load(Path checkpoint) {
    try {
      return CheckpointFiles.read(checkpoint);
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(checkpoint, "be read", e);
    }
  }

  /** Lets another run go on in the directory. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(directory, "be released", e);
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
      throw LogitFlowException.ofDisk(directory, "be read", e);
    }
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }
}
