package io.logitflow.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Sha256;
import io.logitflow.contract.StagedOutput;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.policy.ComputeDevice;
import io.logitflow.trainer.training.ModeTracker;
import io.logitflow.trainer.training.TrainingLoop;
import io.logitflow.trainer.training.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
  private static final DataFingerprints DATA =
      new DataFingerprints("0".repeat(64), "1".repeat(64), "2".repeat(64), "3".repeat(64));

  @TempDir Path folder;
  private Landscape landscape;
  private Path run;

  @BeforeEach
  void open() throws Exception {
    landscape =
        new Landscape(
            folder,
            3,
            "training.batch=8",
            "training.metrics_interval=1",
            "training.reward_lag=2",
            "optimiser.average={decay: 0.9}");
    run = folder.resolve("run");
  }

  @Test
  void whatIsWrittenComesBackToTheBit() throws IOException {
    CheckpointStore store = new CheckpointStore(run, false);
    assertThat(store.latest()).isEmpty();
    TrainingState state = stateAfter(3);
    store.write(landscape.config(), DATA, state);
    Checkpoint read = Checkpoint.load(run);
    assertThat(read.config()).isEqualTo(landscape.config());
    assertThat(read.data()).isEqualTo(DATA);
    assertThat(read.state().parameters()).isEqualTo(state.parameters());
    assertThat(read.averagedParameters().orElseThrow())
        .isEqualTo(state.average().orElseThrow())
        .isNotEqualTo(state.parameters());
    assertThat(read.averageSha256())
        .contains(Sha256.of(run.resolve("round-000000003/average.safetensors")));
    assertThat(read.state()).usingRecursiveComparison().withStrictTypeChecking().isEqualTo(state);
  }

  @Test
  void sameStateGivesTheSameBytesAndTheNewestTwoAreKept() throws IOException {
    CheckpointStore store = new CheckpointStore(run, false);
    CheckpointStore other = new CheckpointStore(folder.resolve("other"), false);
    for (int round = 1; round <= 4; round++) {
      store.write(landscape.config(), DATA, stateAfter(round));
      other.write(landscape.config(), DATA, stateAfter(round));
    }
    assertThat(names(run)).containsExactly(".lock", "round-000000003", "round-000000004");
    for (String file : names(run.resolve("round-000000004"))) {
      assertThat(run.resolve("round-000000004").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("other/round-000000004").resolve(file));
    }
    assertThat(Checkpoint.load(run).round()).isEqualTo(4);
  }

  @Test
  void anEmptyReplayBufferIsSavedToo() throws Exception {
    landscape = new Landscape(folder, 3, "training.batch=8", "training.replay={type: none}");
    CheckpointStore store = new CheckpointStore(run, false);
    store.write(landscape.config(), DATA, stateAfter(1));
    assertThat(Checkpoint.load(run).state().replay().objects().rows()).isZero();
  }

  @Test
  void leftoversOfAKilledWriterAreCleanedAway() throws IOException {
    Files.createDirectories(run.resolve(".round-000000007.123.partial"));
    Files.writeString(run.resolve(".round-000000007.123.partial/state.json"), "{");
    assertThat(new CheckpointStore(run, true).latest()).isEmpty();
    assertThat(names(run)).containsExactly(".lock");
  }

  @Test
  void whatEndedBeforeItsFirstCheckpointIsNotInTheWay() throws IOException {
    new CheckpointStore(run, false).close();
    Files.writeString(run.resolve("metrics.jsonl"), "{}\n");
    Files.createDirectories(run.resolve("tensorboard"));
    Files.createDirectories(run.resolve(".round-000000007.123.partial"));
    CheckpointStore store = new CheckpointStore(run, false);
    assertThatThrownBy(() -> new CheckpointStore(run, false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            run + ": found a training run that is under way there, expected one run at a time");
    store.write(landscape.config(), DATA, stateAfter(1));
    store.close();
    assertTaken("the checkpoints of a run, expected --resume to go on with it, or a name that is");
    StagedOutput.deleteTree(run.resolve("round-000000001"));
    new CheckpointStore(run, false).close();
    Files.writeString(run.resolve("report.html"), "");
    assertTaken("something of that name, expected a name that is");
  }

  private void assertTaken(String by) {
    assertThatThrownBy(() -> new CheckpointStore(run, false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(run + ": found " + by + " not taken");
  }

  @Test
  void oneRunAtATimeHasTheDirectory() {
    CheckpointStore store = new CheckpointStore(run, false);
    assertThatThrownBy(() -> new CheckpointStore(run, true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            run + ": found a training run that is under way there, expected one run at a time");
    store.close();
    new CheckpointStore(run, true).close();
  }

  @Test
  void namesAreReadableInEveryLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    try (CheckpointStore store = new CheckpointStore(run, false)) {
      store.write(landscape.config(), DATA, stateAfter(1));
    } finally {
      Locale.setDefault(before);
    }
    assertThat(Checkpoint.load(run).round()).isEqualTo(1);
  }

  @Test
  void refusesADirectoryThatExistsOrIsNotARun() throws IOException {
    Files.createDirectories(run);
    assertTaken("something of that name, expected a name that is");
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> new CheckpointStore(file, true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": found a file, expected a directory");
    Files.writeString(run.resolve("thesis.tex"), "");
    assertThatThrownBy(() -> new CheckpointStore(run, true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            run
                + ": found thesis.tex, expected a directory that holds a training run and nothing"
                + " else");
    assertThatThrownBy(() -> Checkpoint.load(folder.resolve("nowhere")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            folder.resolve("nowhere")
                + ": found no checkpoint, expected a directory that ./logitflow train has written");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.yaml",
        "parameters.safetensors",
        "average.safetensors",
        "moments.safetensors",
        "replay.safetensors",
        "best.safetensors",
        "paid.safetensors",
        "ahead.safetensors",
        "metrics.jsonl"
      })
  void namesTheFileThatIsDamagedOrMissing(String name) throws IOException {
    new CheckpointStore(run, false).write(landscape.config(), DATA, stateAfter(2));
    Path file = run.resolve("round-000000002").resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> Checkpoint.load(run))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageMatching(
            "\\Q"
                + file
                + "\\E: found SHA-256 \\p{XDigit}{64}, expected \\p{XDigit}{64} as when"
                + " it was written");
    Files.delete(file);
    assertThatThrownBy(() -> Checkpoint.load(run))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": found no such file, expected a file of the checkpoint");
  }

  @Test
  void refusesAnIndexOfAnotherVersionOrCutShort() throws IOException {
    new CheckpointStore(run, false).write(landscape.config(), DATA, stateAfter(2));
    Path index = run.resolve("round-000000002/state.json");
    String text = Files.readString(index);
    Files.writeString(index, text.replace("\"format_version\" : 2", "\"format_version\" : 1"));
    assertThatThrownBy(() -> Checkpoint.load(run))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(index + ": format_version: found 1, expected version 2");
    Files.writeString(index, text.substring(0, text.length() / 2));
    assertThatThrownBy(() -> Checkpoint.load(run))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(index + ": found unreadable text (")
        .hasMessageEndingWith("), expected a checkpoint's index");
  }

  private TrainingState stateAfter(int rounds) {
    try (TrainingLoop loop =
        new TrainingLoop(
            ComputeDevice.CPU,
            landscape.config(),
            landscape.environment(),
            landscape.logReward(),
            new ModeTracker(landscape.allObjects()),
            null,
            null)) {
      for (int round = 0; round < rounds; round++) {
        loop.runRound();
      }
      loop.settle(Duration.ofSeconds(50));
      return loop.snapshot();
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
