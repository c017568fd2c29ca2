package io.logitflow.trainer.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.Sha256;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.policy.ComputeDevice;
import io.logitflow.trainer.policy.TensorEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingRunTest {
  private static final String SETTINGS =
      """
      policy: {hidden_widths: [8]}
      training: {rounds: 3, batch: 8}
      optimiser: {schedule: {type: constant}}
      evaluation: {betas: [1], samples: 10}
      """;

  @TempDir Path folder;
  private Path config;
  private Path first;
  private Path second;

  @BeforeEach
  void trainTheFirst() throws IOException {
    config = landscape(folder, 3);
    first = folder.resolve("first");
    second = folder.resolve("second");
    run(first, false, null, "seed=1");
  }

  private static Path landscape(Path folder, int length) throws IOException {
    Path file = new Landscape(folder, length).configFile();
    return Files.writeString(file, Files.readString(file) + SETTINGS);
  }

  @Test
  void aWarmStartTakesUpParametersAndNothingElse() {
    run(second, false, first, "training.rounds=1", "log_reward.scale=9", "training.beta.high=5");
    Checkpoint source = Checkpoint.load(first);
    Checkpoint warm = Checkpoint.load(second);
    assertThat(warm.data().initialParameters()).isEqualTo(source.parametersSha256());
    assertThat(source.data().initialParameters()).isEmpty();
    assertThat(warm.round()).isEqualTo(1);
    assertThat(warm.state().moments().steps()).isEqualTo(2);
    assertThat(warm.state().rewardCalls()).isEqualTo(8);
    double distance = 0;
    for (int i = 0; i < warm.parameters().length; i++) {
      distance = Math.max(distance, Math.abs(warm.parameters()[i] - source.parameters()[i]));
    }
    // Two steps of Adam in the warm-up of its rates.
    assertThat(distance).isPositive().isLessThan(0.01);
  }

  @Test
  void whereARunStartedFromIsSavedBeforeItsFirstRoundAndKept() throws IOException {
    run(second, false, first, "training.rounds=1");
    Path beginning = second.resolve("round-000000000");
    assertThat(beginning.resolve("parameters.safetensors"))
        .hasSameBinaryContentAs(first.resolve("round-000000003/parameters.safetensors"));
    run(second, true, null, "training.rounds=2");
    run(second, true, first, "training.rounds=3");
    assertThat(Checkpoint.load(second).data().initialParameters())
        .isEqualTo(Sha256.of(first.resolve("round-000000003/parameters.safetensors")));
    Path third = folder.resolve("third");
    run(third, true, first, "training.rounds=3");
    assertThat(third.resolve("round-000000003/parameters.safetensors"))
        .hasSameBinaryContentAs(second.resolve("round-000000003/parameters.safetensors"));
  }

  @Test
  void resumingRefusesAnotherSource() {
    run(second, false, first, "training.rounds=1");
    String expected = Checkpoint.load(first).parametersSha256();
    String found = Checkpoint.load(second).parametersSha256();
    assertThatThrownBy(() -> run(second, true, second, "training.rounds=2"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "--init-from: found data of SHA-256 "
                + found
                + ", expected SHA-256 "
                + expected
                + " as in the checkpoint");
    assertThatThrownBy(() -> run(first, true, second, "seed=1"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "--init-from: found data of SHA-256 "
                + found
                + ", expected no file as in the checkpoint");
  }

  @Test
  void aWarmStartThatCannotBeLeavesNothing() throws IOException {
    Path shorter = landscape(Files.createDirectories(folder.resolve("shorter")), 2);
    assertThatThrownBy(
            () ->
                new TrainingRun(
                        ConfigLoader.load(shorter, List.of()),
                        second,
                        false,
                        first,
                        ComputeDevice.CPU)
                    .run())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "environment.length: found 2, expected 3 as in the checkpoint of --init-from " + first);
    assertThatThrownBy(
            () ->
                run(
                    second,
                    false,
                    first,
                    "policy.conditioning={type: layer, encoding: {type: raw}}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "policy.conditioning.encoding.type: found \"raw\", expected nothing as in the"
                + " checkpoint of --init-from "
                + first);
    assertThatThrownBy(() -> run(second, false, first, "policy.hidden_widths=[9]"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "--init-from "
                + first
                + ": found forward.0.weight of shape [12, 8], expected forward.0.weight of shape"
                + " [12, 9]");
    assertThatThrownBy(() -> run(second, false, folder.resolve("nowhere")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            folder.resolve("nowhere")
                + ": found no checkpoint, expected a directory that ./logitflow train has written");
    assertThat(second).doesNotExist();
  }

  @Test
  void aSourceThatIsNotThereLeavesNothingWhenTheRunWouldGoOnEither() {
    Path missing = folder.resolve("missing");
    for (boolean resume : new boolean[] {false, true}) {
      assertThatThrownBy(() -> run(second, resume, missing))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(missing + ": found no checkpoint");
      assertThat(second).doesNotExist();
    }
  }

  @Test
  void aWarmStartRefusesBinsThatMeanAnotherBeta() {
    String bins = "policy.conditioning={type: layer, encoding: {type: thermometer, bins: 4, ";
    run(second, false, null, bins + "low: 1, high: 3}}");
    assertThatThrownBy(
            () -> run(folder.resolve("third"), false, second, bins + "low: 2, high: 5}}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            """
            policy.conditioning.encoding.low: found 2.0, expected 1.0 as in the checkpoint of %1$s
            policy.conditioning.encoding.high: found 5.0, expected 3.0 as in the checkpoint of %1$s"""
                .formatted("--init-from " + second));
    assertThat(folder.resolve("third")).doesNotExist();
  }

  @Test
  void aRunWhoseFirstRoundFailedIsBegunAnewInItsDirectory() throws IOException {
    assertThatThrownBy(() -> run(second, false, null, "seed=1", "log_reward.exponent=1e30"))
        .isInstanceOf(LogitFlowException.class)
        .hasMessageContaining("expected a finite one");
    assertThat(second).isNotEmptyDirectory();

    run(second, false, null, "seed=1");

    for (String file : List.of("metrics.jsonl", "round-000000003/parameters.safetensors")) {
      assertThat(second.resolve(file)).hasSameBinaryContentAs(first.resolve(file));
    }
    assertThatThrownBy(() -> run(second, false, null, "seed=1"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            second
                + ": found the checkpoints of a run, expected --resume to go on with it, or a name"
                + " that is not taken");
  }

  @Test
  void aGpuThatIsNotThereIsRefusedBeforeThereIsADirectory() {
    assumeFalse(TensorEngine.engine().hasCapability("CUDA"));
    TrainerRun run = TrainerRun.here("train", "--config", config, "--out", second, "--device=gpu");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.output()).isEmpty();
    assertThat(run.error()).startsWith("--device: found gpu, where PyTorch ").hasLineCount(1);
    assertThat(second).doesNotExist();
    assertThat(TrainerRun.here("train", "--config", config, "--device=tpu").error())
        .isEqualTo("--device: found tpu, expected cpu|gpu\n");
  }

  @Test
  void theDataSetOfARunIsPartOfIt() throws IOException {
    Path data = folder.resolve("measured.csv");
    Files.writeString(data, "sequence,score\nAAA,0.5\nACG,0.7\n");
    String offline =
        "training.offline={file: measured.csv, object_column: sequence, score_column: score,"
            + " quantile: 1, rounds: 2}";
    run(second, false, null, offline, "training.rounds=2");
    assertThat(Checkpoint.load(second).state().rewardCalls()).isZero();
    String before = Sha256.of(data);
    assertThat(Checkpoint.load(second).data().offline()).isEqualTo(before);
    Files.writeString(data, "sequence,score\nAAA,0.5\nACG,0.8\n");
    assertThatThrownBy(() -> run(second, true, null, offline, "training.rounds=3"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "training.offline: found data of SHA-256 "
                + Sha256.of(data)
                + ", expected SHA-256 "
                + before
                + " as in the checkpoint");
  }

  private void run(Path directory, boolean resume, @Nullable Path source, String... settings) {
    new TrainingRun(
            ConfigLoader.load(config, List.of(settings)),
            directory,
            resume,
            source,
            ComputeDevice.CPU)
        .run();
  }
}
