package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.trainer.config.RewardConfig.Distance;
import io.logitflow.trainer.config.RewardConfig.Encoding;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewardConfigTest {
  private static final String DNA = "tokens: [A, C, G, T], length: 8";
  private static final String BITS = "tokens: [\"0\", \"1\"], length: 16";
  private static final String GRPC =
      "{type: grpc, target: \"h:1\", deadline_seconds: 1.5, attempts: 2, batch: 3, concurrency: 4,"
          + " cache_capacity: 5}";

  @Test
  void everyTypeIsBound() {
    assertThat(
            reward(
                DNA,
                "{type: onnx, file: m.onnx, input: x, encoding: token-ids, length_input: l, output:"
                    + " y, batch: 7}"))
        .isEqualTo(new RewardConfig.Onnx(Path.of("m.onnx"), "x", Encoding.TOKEN_IDS, "l", "y", 7));
    assertThat(
            reward(DNA, "{type: onnx, file: m, input: x, encoding: one-hot, output: y, batch: 7}"))
        .isEqualTo(new RewardConfig.Onnx(Path.of("m"), "x", Encoding.ONE_HOT, null, "y", 7));
    assertThat(reward(DNA, "{type: motif, file: m.pfm, pseudocount: 0.8}"))
        .isEqualTo(new RewardConfig.Motif(Path.of("m.pfm"), 0.8));
    assertThat(reward(BITS, "{type: bit-sequence, mode_count: 25, mode_seed: -3, distance: edit}"))
        .isEqualTo(new RewardConfig.BitSequence(25, -3, Distance.EDIT));
    RewardConfig grpc = reward(DNA, GRPC);
    assertThat(grpc).isEqualTo(new RewardConfig.Grpc("h:1", 1.5, 2, 3, 4, 5));
    assertThat(grpc.cacheCapacity()).isEqualTo(5);
    assertThat(reward(DNA, "{type: motif, file: m, pseudocount: 1}").cacheCapacity()).isZero();
  }

  @Test
  void valuesOutOfRangeAreReported() {
    assertThat(faults(DNA, "{type: motif, file: m, pseudocount: 0}"))
        .containsExactly("reward.pseudocount: found 0.0, expected a number above 0");
    assertThat(faults(DNA, "{type: hypergrid, r0: 0, r1: -1, r2: -0.5}"))
        .containsExactly(
            "reward.r0: found 0.0, expected a number above 0",
            "reward.r1: found -1.0, expected a number of at least 0",
            "reward.r2: found -0.5, expected a number of at least 0");
    assertThat(
            faults(DNA, "{type: onnx, file: m, input: x, encoding: text, output: y, batch: 99999}"))
        .containsExactly(
            "reward.encoding: found \"text\", expected one of one-hot, token-ids",
            "reward.batch: found 99999, expected an integer of at most 65536");
    assertThat(
            faults(
                DNA,
                "{type: grpc, target: t, deadline_seconds: 0, attempts: 21, batch: 0, concurrency:"
                    + " 0, cache_capacity: -1}"))
        .containsExactly(
            "reward.deadline_seconds: found 0.0, expected a number above 0",
            "reward.attempts: found 21, expected an integer of at most 20",
            "reward.batch: found 0, expected an integer of at least 1",
            "reward.concurrency: found 0, expected an integer of at least 1",
            "reward.cache_capacity: found -1, expected an integer of at least 0");
    assertThat(faults(BITS, "{type: bit-sequence, mode_count: 0, mode_seed: x, distance: l1}"))
        .containsExactly(
            "reward.mode_count: found 0, expected an integer of at least 1",
            "reward.mode_seed: found \"x\", expected an integer",
            "reward.distance: found \"l1\", expected one of edit, hamming");
    assertThat(faults(DNA, "{type: tabel}"))
        .containsExactly(
            "reward.type: found \"tabel\", expected one of table, onnx, motif, hypergrid,"
                + " bit-sequence, grpc");
  }

  @Test
  void theHypergridsRewardIsForTheHypergrid() {
    assertThat(faults(DNA, "{type: hypergrid, r0: 1, r1: 1, r2: 1}"))
        .containsExactly(
            "reward.type: found hypergrid for the environment prepend-append, expected a reward for"
                + " its objects, or the environment hypergrid");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[A, C, G] | environment.tokens A, C, G",
        "[A, C, G, T, U] | environment.tokens A, C, G, T, U",
        "[a, c, g, t] | environment.tokens a, c, g, t",
        "[a, b, c, d, e, f, g, h, i, j] | environment.tokens a, b, c, d, e, f, g, h, ... (10 in"
            + " all)",
      })
  void motifsAreForDnaAndRna(String tokens, String found) {
    String motif = "{type: motif, file: m, pseudocount: 1}";
    assertThat(faults("length: 8, tokens: " + tokens, motif))
        .containsExactly(
            "reward.type: found motif for "
                + found
                + ", expected environment.tokens A, C, G and T (or U) in any order");
    assertThat(reward("length: 8, tokens: [U, G, A, C]", motif)).isNotNull();
    assertThat(reward("length: 8, tokens: [T, G, A, C]", motif)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[\"0\", \"1\", \"2\"] | environment.tokens 0, 1, 2",
        "[\"0\"] | environment.tokens 0",
        "[\"00\", \"01\", \"10\"] | environment.tokens 00, 01, 10",
        "[\"00\", \"01\", \"10\", \"1\"] | environment.tokens 00, 01, 10, 1",
        "[a, b] | environment.tokens a, b",
      })
  void bitSequencesAreOfBinaryWords(String tokens, String found) {
    assertThat(faults("length: 8, tokens: " + tokens, bits(3)))
        .containsExactly(
            "reward.type: found bit-sequence for "
                + found
                + ", expected environment.tokens all words of as many bits, such as \"0\" and"
                + " \"1\"");
  }

  @Test
  void bitSequencesAreOfWholeBlocks() {
    String pairs = "tokens: [\"11\", \"01\", \"10\", \"00\"], length: ";
    assertThat(reward(pairs + "4", bits(5))).isNotNull();
    assertThat(faults(pairs + "4", bits(6)))
        .containsExactly("reward.mode_count: found 6, expected at most 5, as many as 8 bits have");
    assertThat(faults(pairs + "6", bits(5)))
        .containsExactly(
            "environment.length: found 6 words of 2 bits, expected a multiple of 8 bits, since"
                + " reward.type is bit-sequence");
  }

  @Test
  void aRunGoesOnWithAServiceThatHasMoved() {
    TrainerConfig saved = parse(DNA, GRPC);
    TrainerConfig moved =
        parse(
            DNA,
            "{type: grpc, target: elsewhere, deadline_seconds: 9, attempts: 3, batch: 3,"
                + " concurrency: 9, cache_capacity: 6}");

    assertThat(ConfigComparison.differences(saved, moved))
        .extracting(Problem::toString)
        .containsExactly("reward.cache_capacity: found 6, expected 5 as in the checkpoint");
  }

  private static String bits(int modes) {
    return "{type: bit-sequence, mode_count: " + modes + ", mode_seed: 0, distance: hamming}";
  }

  private static RewardConfig reward(String environment, String reward) {
    return parse(environment, reward).reward();
  }

  private static TrainerConfig parse(String environment, String reward) {
    String yaml =
        "environment: {type: prepend-append, " + environment + "}\nreward: " + reward + "\n";
    TrainerConfig config = ConfigLoader.parse("c.yaml", yaml, List.of());
    assertThat(ConfigLoader.parse("c.yaml", ConfigLoader.toYaml(config), List.of()))
        .isEqualTo(config);
    return config;
  }

  private static List<String> faults(String environment, String reward) {
    InvalidInputException refusal =
        catchThrowableOfType(
            InvalidInputException.class, () -> parse(environment, reward).reward());
    return refusal.problems().stream()
        .map(Problem::toString)
        .map(line -> line.substring("c.yaml: ".length()))
        .toList();
  }
}
