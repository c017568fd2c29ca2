package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.Problem;
import io.logitflow.contract.Sha256;
import io.logitflow.trainer.config.LogRewardConfig;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.config.RewardConfig.Encoding;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.environment.PrependAppend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models made by {@code make_fixtures.py}, for objects of up to 3 of 4 tokens. */
class OnnxRewardTest {
  private static final Environment DNA = new PrependAppend(List.of("A", "C", "G", "T"), "", 3);

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 64, 65})
  void oneHotScoresAreTheModels(int batch) {
    ObjectBatch all = DNA.objects(0, 64);

    try (Reward reward = open(oneHot("one_hot.onnx", batch), DNA)) {
      double[] scores = reward.scores(all);

      assertThat(scores).hasSize(64);
      for (int row = 0; row < 64; row++) {
        assertThat(scores[row]).isCloseTo(sigmoidOfWeights(all, row), within(1e-6));
      }
      assertThat(reward.fingerprint()).isEqualTo(Sha256.of(RewardFixture.bytes("one_hot.onnx")));
    }
  }

  @Test
  void threadsShareAModel() {
    ObjectBatch all = DNA.objects(0, 64);

    try (Reward reward = open(oneHot("one_hot.onnx", 64), DNA)) {
      double[] alone = reward.scores(all);
      List<CompletableFuture<double[]>> together =
          Stream.generate(() -> CompletableFuture.supplyAsync(() -> reward.scores(all)))
              .limit(100)
              .toList();

      assertThat(together).allSatisfy(scores -> assertThat(scores.get()).isEqualTo(alone));
      assertThat(reward.concurrency()).isPositive();
    }
  }

  @Test
  void positionsBehindTheEndAreNoToken() {
    ObjectBatch objects =
        RewardFixture.objects(
            3, new int[] {1}, new int[] {}, new int[] {2, 0}, new int[] {0, 0, 0});

    try (Reward reward = open(oneHot("one_hot.onnx", 2), DNA)) {
      double[] scores = reward.scores(objects);

      for (int row = 0; row < 4; row++) {
        assertThat(scores[row]).isCloseTo(sigmoidOfWeights(objects, row), within(1e-6));
      }
      assertThat(scores[0]).isNotCloseTo(scores[1], within(1e-3));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"token_ids.onnx", "token_ids_32.onnx"})
  void tokenIdsAndLengthsGoIn(String model) {
    ObjectBatch objects =
        RewardFixture.objects(
            3, new int[] {3, 1, 2}, new int[] {2}, new int[] {0, 3}, new int[] {});

    try (Reward reward = open(tokenIds(model, "ids", "lengths", "score"), DNA)) {
      assertThat(reward.scores(objects)).containsExactly(324, 3, 41, 0);
    }
  }

  @Test
  void allThatDiffersIsReported() {
    assertThat(faults(oneHot("token_ids.onnx", 8)))
        .containsExactly(
            "inputs \"ids, lengths\", expected one named \"x\"",
            "a further input \"ids\", expected none that the config leaves out",
            "a further input \"lengths\", expected none that the config leaves out");
    assertThat(faults(tokenIds("token_ids.onnx", "lengths", "ids", "scores")))
        .containsExactly(
            "input \"lengths\", INT64 [any], expected INT32 or INT64 [N, 3] of any N",
            "input \"ids\", INT64 [any, 3], expected INT32 or INT64 [N] of any N",
            "outputs \"score\", expected one named \"scores\"");
    assertThat(faults(tokenIds("one_hot.onnx", "x", null, "score")))
        .containsExactly("input \"x\", FLOAT [any, 3, 4], expected INT32 or INT64 [N, 3] of any N");
  }

  @Test
  void axesMustBeTheEnvironments() {
    RewardConfig.Onnx config = oneHot("one_hot.onnx", 8);
    assertThat(faults(config, new PrependAppend(List.of("A", "C", "G", "T", "-"), "", 3)))
        .containsExactly("input \"x\", FLOAT [any, 3, 4], expected FLOAT [N, 3, 5] of any N");
    assertThat(faults(config, new PrependAppend(List.of("A", "C", "G", "T"), "", 4)))
        .containsExactly("input \"x\", FLOAT [any, 3, 4], expected FLOAT [N, 4, 4] of any N");
  }

  @Test
  void aModelThatAnswersWronglyStopsTheRun() {
    LogRewardTransform transform = new LogRewardTransform(new LogRewardConfig(0.001, 1, 1));
    try (Reward reward = open(oneHot("nan.onnx", 8), DNA)) {
      LogReward checked = new LogReward(reward, transform, new ObjectText(DNA));
      assertThatThrownBy(() -> checked.of(DNA.objects(0, 2)))
          .isInstanceOf(LogitFlowException.class)
          .hasMessage("reward: found a score of NaN for \"AAA\", expected a finite one");
    }
    try (Reward reward = open(oneHot("two_scores.onnx", 8), DNA)) {
      LogReward checked = new LogReward(reward, transform, new ObjectText(DNA));
      assertThatThrownBy(() -> checked.scores(DNA.objects(0, 3)))
          .isInstanceOf(LogitFlowException.class)
          .hasMessage("reward: found 6 scores for 3 objects, expected one each");
    }
  }

  @Test
  void aModelWithWeightsInAnotherFileIsRefused() {
    RewardFixture.copy("external.bin", directory);
    assertThat(faults(oneHot("external.onnx", 8)))
        .singleElement()
        .asString()
        .contains("External data")
        .endsWith(", expected an ONNX model in one file that ONNX Runtime loads");
  }

  @Test
  void filesThatAreNoModelAreOneLine() throws IOException {
    Path file = directory.resolve("m.onnx");
    assertThat(lines(oneHot(file), DNA))
        .containsExactly(file + ": found no such file, expected an ONNX model");

    Files.writeString(file, "no model");
    assertThat(lines(oneHot(file), DNA))
        .singleElement()
        .asString()
        .startsWith(file + ": found ")
        .endsWith(", expected an ONNX model in one file that ONNX Runtime loads")
        .doesNotContain("\n");

    Files.delete(file);
    Files.createDirectory(file);
    assertThat(lines(oneHot(file), DNA))
        .containsExactly(file + ": found a directory, expected an ONNX model");
  }

  private static double sigmoidOfWeights(ObjectBatch objects, int row) {
    double sum = 0;
    for (int i = 0; i < objects.lengths()[row]; i++) {
      int place = 4 * i + objects.tokens()[row * objects.width() + i];
      sum += (7 * place % 11 - 5) / 8.0;
    }
    return 1 / (1 + Math.exp(-sum));
  }

  private RewardConfig.Onnx oneHot(String model, int batch) {
    Path file = RewardFixture.copy(model, directory);
    return new RewardConfig.Onnx(file, "x", Encoding.ONE_HOT, null, "score", batch);
  }

  private static RewardConfig.Onnx oneHot(Path file) {
    return new RewardConfig.Onnx(file, "x", Encoding.ONE_HOT, null, "score", 8);
  }

  private RewardConfig.Onnx tokenIds(
      String model, String input, @Nullable String lengths, String output) {
    Path file = RewardFixture.copy(model, directory);
    return new RewardConfig.Onnx(file, input, Encoding.TOKEN_IDS, lengths, output, 3);
  }

  private Reward open(RewardConfig.Onnx config, Environment environment) {
    return Rewards.create(config, directory, environment);
  }

  private List<String> faults(RewardConfig.Onnx config) {
    return faults(config, DNA);
  }

  private List<String> faults(RewardConfig.Onnx config, Environment environment) {
    String prefix = config.file() + ": found ";
    List<String> lines = lines(config, environment);
    assertThat(lines).allSatisfy(line -> assertThat(line).startsWith(prefix));
    return lines.stream().map(line -> line.substring(prefix.length())).toList();
  }

  private List<String> lines(RewardConfig.Onnx config, Environment environment) {
    InvalidInputException refusal =
        catchThrowableOfType(InvalidInputException.class, () -> open(config, environment));
    return refusal.problems().stream().map(Problem::toString).toList();
  }
}
