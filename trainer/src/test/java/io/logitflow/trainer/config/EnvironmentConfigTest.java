package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Environments;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Environments of every type: what is read of them, and what is refused. */
class EnvironmentConfigTest {
  /** Floats whose bytes, two alignments of 64 more, an int counts. */
  private static final long ARRAY = (1L << 29) - 32;

  @Test
  void theSeparatorFollowsFromTheTokens() {
    assertThat(environmentOf("tokens: [A, \"\\U0001F9EC\"]").separator()).isEmpty();
    assertThat(environmentOf("tokens: [A, Phe]").separator()).isEqualTo("-");
    assertThat(environmentOf("tokens: [A, C], separator: ' '").separator()).isEqualTo(" ");
  }

  @Test
  void environmentsAreReadByTheirType() {
    assertThat(environment("{type: autoregressive, tokens: [A, C], length: 5}"))
        .isEqualTo(new EnvironmentConfig.Autoregressive(List.of("A", "C"), "", null, 5));
    assertThat(environment("{type: autoregressive, tokens: [A], minimum_length: 2, length: 5}"))
        .isEqualTo(new EnvironmentConfig.Autoregressive(List.of("A"), "", 2, 5));
    assertThat(environment("{type: non-autoregressive, tokens: [A, Phe], length: 5}"))
        .isEqualTo(new EnvironmentConfig.NonAutoregressive(List.of("A", "Phe"), "-", 5));
    assertThat(environment("{type: hypergrid, dimensions: 3, side: 8}"))
        .isEqualTo(new EnvironmentConfig.Hypergrid(3, 8));
    assertThat(new EnvironmentConfig.Autoregressive(List.of("A"), "", null, 5).shortest())
        .isEqualTo(5);
    assertThat(new EnvironmentConfig.Autoregressive(List.of("A"), "", 2, 5).shortest())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[A, A] | \"\" | environment.tokens[1]: found \"A\" for the second time, expected distinct"
            + " names",
        "[A, \"\"] | \"\" | environment.tokens[1]: found \"\", expected a name of at least one"
            + " character",
        "[A, Bc] | \"\" | environment.tokens[1]: found \"Bc\", expected a single character, since"
            + " separator is empty",
        "[A, b-c] | \"-\" | environment.tokens[1]: found \"b-c\", expected a name without the"
            + " separator \"-\"",
        // "a" + "aa" + "a" would be cut at the wrong place.
        "[a, b] | aa | environment.tokens[0]: found \"a\", expected a name without the separator"
            + " \"aa\"",
        "[A, \"b\\n\"] | \"-\" | environment.tokens[1]: found a name with a control character,"
            + " expected printable characters",
        "[] | \"-\" | environment.tokens: found a list of 0, expected 1 to 32768 entries"
      })
  void namesOfTokensMustHaveOneReading(String tokens, String separator, String fault) {
    assertThat(
            faults(
                "environment: {type: prepend-append, length: 2, tokens: "
                    + tokens
                    + ", separator: "
                    + separator
                    + "}\n"
                    + rewardLine()))
        .containsExactly("c.yaml: " + fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{type: autoregressive, tokens: [A, A], length: 3} | environment.tokens[1]: found \"A\" for"
            + " the second time, expected distinct names",
        "{type: non-autoregressive, tokens: [A, b-c], length: 3} | environment.tokens[1]: found"
            + " \"b-c\", expected a name without the separator \"-\"",
        "{type: autoregressive, tokens: [A], minimum_length: 4, length: 3} |"
            + " environment.minimum_length: found 4, expected at most environment.length, 3",
        "{type: autoregressive, tokens: [A], minimum_length: 0, length: 3} |"
            + " environment.minimum_length: found 0, expected an integer of at least 1",
        "{type: autoregressive, tokens: [A], minimum_length: 1.5, length: 3} |"
            + " environment.minimum_length: found 1.5, expected an integer",
        "{type: non-autoregressive, tokens: [A], length: 1001} | environment.length: found 1001,"
            + " expected an integer of at most 1000",
        "{type: hypergrid, dimensions: 2, side: 1} | environment.side: found 1, expected an integer"
            + " of at least 2",
        "{type: hypergrid, dimensions: 2, side: 1025} | environment.side: found 1025, expected an"
            + " integer of at most 1024",
        "{type: hypergrid, dimensions: 65, side: 2} | environment.dimensions: found 65, expected an"
            + " integer of at most 64",
        "{type: hypergrid, side: 2} | environment.dimensions: found nothing, expected an integer",
        "{type: hypergrid, dimensions: 2, side: 2, tokens: [A]} | environment.tokens: found unknown"
            + " key, expected one of type, dimensions, side",
      })
  void faultsOfEnvironmentsNameTheirKey(String environment, String fault) {
    assertThat(faults("environment: " + environment + "\n" + rewardLine()))
        .containsExactly("c.yaml: " + fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{type: prepend-append, tokens: [A, C], length: 1000} | 268",
        "{type: autoregressive, tokens: [A, C, G], length: 500} | 714",
        "{type: autoregressive, tokens: [A, C, G], minimum_length: 1, length: 600} | 496",
        "{type: non-autoregressive, tokens: [A, C], length: 700} | 547",
        "{type: hypergrid, dimensions: 8, side: 64} | 2072",
      })
  void aBatchWhoseFeaturesExceedAnArrayIsRefused(String environment, int largest) {
    Environment built = Environments.create(environment(environment));
    long width =
        IntStream.of(built.featureCount(), built.actionCount(), built.backwardActionCount())
            .max()
            .orElseThrow();
    assertThat(largest).isEqualTo(ARRAY / ((built.maximumSteps() + 1) * width));
    String yaml = "environment: " + environment + "\n" + rewardLine();
    assertThat(parse(yaml + "training: {batch: " + largest + "}").training().batch())
        .isEqualTo(largest);
    assertThat(faults(yaml + "training: {batch: " + (largest + 1) + "}"))
        .containsExactly(
            "c.yaml: training.batch: found %d, expected at most %d, for its states' features to fit"
                    .formatted(largest + 1, largest)
                + " one array");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{type: prepend-append, tokens: [A, C], length: 100} | 100 | 5368708",
        "{type: autoregressive, tokens: [A], minimum_length: 1, length: 90} | 90 | 5965232",
        "{type: non-autoregressive, tokens: [A, C], length: 70} | 70 | 7669584",
        "{type: hypergrid, dimensions: 60, side: 2} | 60 | 8947848",
      })
  void keptObjectsThatExceedAnArrayAreRefused(String environment, int tokens, int largest) {
    assertThat(largest).isEqualTo(ARRAY / tokens);
    String yaml =
        "environment: "
            + environment
            + "\nreward: {type: grpc, target: 'localhost:1', cache_capacity: %1$d}\n"
            + "training: {replay: {type: fifo, capacity: %1$d}}";
    assertThat(parse(yaml.formatted(largest)).reward().cacheCapacity()).isEqualTo(largest);
    String fault =
        ": found %d, expected at most %d, for objects of %d tokens to fit one array"
            .formatted(largest + 1, largest, tokens);
    assertThat(faults(yaml.formatted(largest + 1)))
        .containsExactly(
            "c.yaml: reward.cache_capacity" + fault, "c.yaml: training.replay.capacity" + fault);
  }

  @Test
  void anEnvironmentWithoutRoomForOneTrajectoryIsRefused() {
    assertThat(
            faults("environment: {type: hypergrid, dimensions: 64, side: 1024}\n" + rewardLine()))
        .containsExactly(
            "c.yaml: environment: found trajectories of 65474 states of 65536 numbers each,"
                + " expected at most 536870880 numbers, for a trajectory to fit one array");
  }

  private static String rewardLine() {
    return "reward: {type: table, file: f.csv, object_column: o, score_column: s}\n";
  }

  private static EnvironmentConfig environment(String section) {
    return parse("environment: " + section + "\n" + rewardLine() + "training: {batch: 1}")
        .environment();
  }

  private static EnvironmentConfig.PrependAppend environmentOf(String keys) {
    String yaml = "environment: {type: prepend-append, length: 2, " + keys + "}\n" + rewardLine();
    return (EnvironmentConfig.PrependAppend) parse(yaml).environment();
  }

  private static TrainerConfig parse(String yaml, String... settings) {
    return ConfigLoader.parse("c.yaml", yaml, List.of(settings));
  }

  private static List<String> faults(String yaml, String... settings) {
    return lines(() -> parse(yaml, settings));
  }

  private static List<String> lines(ThrowingCallable call) {
    InvalidInputException refusal = catchThrowableOfType(InvalidInputException.class, call);
    return refusal.problems().stream().map(Problem::toString).toList();
  }
}
