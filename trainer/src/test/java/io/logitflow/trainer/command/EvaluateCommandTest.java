package io.logitflow.trainer.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Environments;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./logitflow evaluate}, from its options to what it writes. */
class EvaluateCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  @TempDir Path results;

  @BeforeAll
  static void train() throws Exception {
    Path config = new Landscape(folder, 4).configFile();
    Files.writeString(
        config,
        Files.readString(config)
            + """
            policy: {hidden_widths: [32]}
            training: {rounds: 60, batch: 16}
            evaluation:
              {betas: [1, 3], samples: 100, modes: {type: hamming, least_score: 0.9, distance: 2}}
            """);
    assertThat(run("train", "--config", config, "--out", folder.resolve("run")).status()).isZero();
  }

  @Test
  void tellsOfACheckpointWhatTrainingToldAtItsEnd() throws Exception {
    Path json = results.resolve("e.json");
    Path csv = results.resolve("e.csv");

    TrainerRun outcome = evaluate("--data-dir", folder, "--json", json, "--csv", csv);

    assertThat(outcome.error()).isEqualTo("Evaluating at beta 1.0, 3.0\n");
    assertThat(outcome.status()).isZero();
    JsonNode trained = JSON.readTree(folder.resolve("run/evaluation.json").toFile());
    JsonNode evaluated = JSON.readTree(json.toFile());
    assertThat(evaluated.path("round").asInt()).isEqualTo(60);
    assertThat(evaluated.has("training")).isFalse();
    assertThat(withoutRates(evaluated)).isEqualTo(withoutRates(trained));
    assertThat(evaluated.path("betas").get(0).path("modes_total").asInt()).isBetween(5, 64);
    assertThat(outcome.output().lines().findFirst())
        .hasValueSatisfying(line -> assertThat(line).matches("Beta +1 +3"));
    assertThat(outcome.output())
        .contains("\nTotal variation ", "\nKL(model | target) ", "\nSpearman, test set ");
    List<String> rows = Files.readAllLines(csv);
    assertThat(rows).hasSize(3);
    assertThat(rows.get(0)).startsWith("round,beta,extrapolated,log_z_learned,samples,mean_score");
    assertThat(rows.get(2)).startsWith("60,3.0,false,");
  }

  @Test
  void takesItsOwnBetasAndSamples() throws Exception {
    TrainerRun outcome =
        evaluate(
            "--data-dir",
            folder,
            "--beta",
            "2,5",
            "--samples",
            "7",
            "--csv",
            "-",
            "--set",
            "evaluation.top=3");

    assertThat(outcome.status()).as(outcome.error()).isZero();
    List<String> rows = outcome.output().lines().toList();
    assertThat(rows).hasSize(3);
    List<String> header = List.of(rows.get(0).split(",", -1));
    List<String> last = List.of(rows.get(2).split(",", -1));
    assertThat(last.get(header.indexOf("beta"))).isEqualTo("5.0");
    assertThat(last.get(header.indexOf("extrapolated"))).isEqualTo("true");
    assertThat(last.get(header.indexOf("samples"))).isEqualTo("7");
    assertThat(last.get(header.indexOf("top"))).isEqualTo("3");
  }

  @Test
  void averagedParametersAreEvaluatedWhereTheyAreAskedFor() throws Exception {
    Path averaging = results.resolve("run");
    Path config = folder.resolve("landscape.yaml");
    TrainerRun training =
        run(
            "train",
            "--config",
            config,
            "--out",
            averaging,
            "--set",
            "optimiser.average={decay: 0.9}",
            "--set",
            "training.rounds=20");
    assertThat(training.status()).as(training.error()).isZero();
    Checkpoint saved = Checkpoint.load(averaging);
    Environment environment = Environments.create(saved.config().environment());
    GFlowNet network = GFlowNet.of(saved.config(), environment);
    float[] averaged = saved.averagedParameters().orElseThrow();
    assertThat(averaged).isNotEqualTo(saved.parameters());
    for (String weights : List.of("last", "averaged")) {
      Path json = results.resolve(weights + ".json");
      TrainerRun outcome =
          run(
              "evaluate",
              "--checkpoint",
              averaging,
              "--data-dir",
              folder,
              "--weights",
              weights,
              "--json",
              json);
      assertThat(outcome.status()).as(outcome.error()).isZero();
      try (TrainedPolicy policy =
          new TrainedPolicy(
              network, environment, weights.equals("last") ? saved.parameters() : averaged)) {
        assertThat(JSON.readTree(json.toFile()).at("/betas/1/log_z_learned").doubleValue())
            .isEqualTo((double) policy.logPartition(new float[] {3})[0]);
      }
    }
  }

  @Test
  void withoutConditioningAModelIsEvaluatedAtItsOneBetaAlone() throws Exception {
    Path one = results.resolve("one");
    TrainerRun training =
        run(
            "train",
            "--config",
            folder.resolve("landscape.yaml"),
            "--out",
            one,
            "--set",
            "policy.conditioning.type=none",
            "--set",
            "training={rounds: 5, batch: 16, beta: {type: constant, value: 2}}",
            "--set",
            "evaluation.betas=[2]");
    assertThat(training.status()).as(training.error()).isZero();
    TrainerRun other =
        run("evaluate", "--checkpoint", one, "--data-dir", folder, "--beta", "2,1", "--json", "-");
    assertThat(other.error())
        .isEqualTo(
            "--beta[1]: found 1.0, expected that of training, 2.0, since policy.conditioning is"
                + " none\n");
    assertThat(other.status()).isEqualTo(2);
    assertThat(other.output()).isEmpty();
  }

  @Test
  void saysWhereItLooksForTheFilesOfTheConfig() throws Exception {
    Path scores = Path.of("scores.csv").toAbsolutePath();
    assertRefused(
        List.of(
            scores + ": found no such file, expected a CSV file",
            "--data-dir: found nothing, expected the directory of the config that the run was"
                + " trained with"));
  }

  @Test
  void refusesOtherScoresThanTheRunsOwn() throws Exception {
    String csv = Files.readString(folder.resolve("scores.csv"));
    Files.writeString(results.resolve("scores.csv"), csv + "\n");
    TrainerRun outcome = evaluate("--data-dir", results);
    String expected = Checkpoint.load(folder.resolve("run")).rewardSha256();
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.error().strip())
        .matches(
            "reward: found data of SHA-256 [0-9a-f]{64}, expected "
                + expected
                + " as in the checkpoint");
  }

  @Test
  void wrongInputIsExitCodeTwo() throws Exception {
    assertRefused(
        List.of("--set: found \"seed=3\", expected a key that begins with evaluation."),
        "--set",
        "seed=3");
    assertRefused(
        List.of(
            "--weights: found averaged, expected last: the run keeps no average,"
                + " optimiser.average is not set"),
        "--weights",
        "AVERAGED");
    assertRefused(List.of("--weights: found best, expected last|averaged"), "--weights", "best");
    assertRefused(
        List.of("--csv: found -, expected another place than that of --json"),
        "--json",
        "-",
        "--csv",
        "-");
    assertRefused(
        List.of("--csv: found ./e.txt, expected another place than that of --json"),
        "--json",
        "e.txt",
        "--csv",
        "./e.txt");
    assertRefused(
        List.of("--samples: found 0, expected an integer of at least 1"), "--samples", "0");
    String held = ", expected a number above 0 that 32 bits hold, 1.4e-45 to 3.4e38";
    for (String beta : List.of("-1", "0", "1e39", "1e-60", "NaN")) {
      assertRefused(List.of("--beta: found " + beta + held), "--beta", "1," + beta);
    }
    TrainerRun absent = run("evaluate", "--checkpoint", results);
    assertThat(absent.status()).isEqualTo(2);
    assertThat(absent.error())
        .isEqualTo(
            results
                + ": found no checkpoint, expected a directory that ./logitflow train has"
                + " written\n");
  }

  private static void assertRefused(List<String> lines, Object... options) throws Exception {
    TrainerRun outcome = evaluate(options);
    assertThat(outcome.error().lines()).containsExactlyElementsOf(lines);
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.output()).isEmpty();
  }

  private static JsonNode withoutRates(JsonNode report) {
    JsonNode betas = report.path("betas").deepCopy();
    betas.forEach(at -> ((ObjectNode) at).remove("candidates_per_second"));
    return betas;
  }

  private static TrainerRun evaluate(Object... options) throws Exception {
    List<Object> arguments =
        new ArrayList<>(List.of("evaluate", "--checkpoint", folder.resolve("run")));
    arguments.addAll(List.of(options));
    return run(arguments.toArray());
  }

  private static TrainerRun run(Object... arguments) throws Exception {
    return TrainerRun.here(arguments);
  }
}
