package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.trainer.environment.BackToFront;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.GFlowNet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The graph itself; what constraints make of its draws is tested through the sampler. */
class DecodingLoweringTest {
  private static final int ROWS = 128;
  private static final double TOLERANCE = 1e-4;

  /** Some of every kind; ParityCheckTest has them all. */
  static Stream<Arguments> kinds() {
    List<Arguments> all = ModelKinds.models().toList();
    return IntStream.range(0, all.size()).filter(index -> index % 7 == 0).mapToObj(all::get);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void withoutASayItIsTheRollout(TrainedModel model) {
    PolicyLowering policy = RandomModel.lowering(model);
    compare(policy, EnvironmentLowering.of(model.environment()));
  }

  @Test
  void withoutASayItIsTheRolloutOfAnEnvironmentOfOnesOwn() {
    BackToFront environment = new BackToFront(List.of("A", "C", "G"), "", 4);
    compare(backToFront(environment), new BackToFrontLowering(environment));
  }

  @Test
  void aStateWithoutAnAllowedActionIsReportedAndNoNumberIsNaN() {
    TrainedModel model = strings();
    float[] allowed = allOf(model.environment());
    Map<String, float[]> inputs = inputs(model.environment(), allowed);
    int actions = model.environment().actionCount();
    // After the second step nothing may be done, not even stop, which is valid by then.
    Arrays.fill(allowed, 2 * actions, 3 * actions, 0);
    GraphRun run = run(RandomModel.lowering(model), inputs);
    for (float drawn : run.floats("log_pf_drawn")) {
      assertThat(drawn).isEqualTo(Float.NEGATIVE_INFINITY);
    }
    for (String output : List.of("log_pf", "log_pb", "log_z")) {
      for (float value : run.floats(output)) {
        assertThat(value).as(output).isFinite();
      }
    }
  }

  @Test
  void whatIsNotAllowedAfterTheEndDoesNotCount() {
    TrainedModel model = strings();
    float[] allowed = allOf(model.environment());
    Map<String, float[]> inputs = inputs(model.environment(), allowed);
    int actions = model.environment().actionCount();
    int stop = actions - 1;
    // Stop after two tokens, and do nothing after that.
    Arrays.fill(allowed, 2 * actions, allowed.length, 0);
    allowed[2 * actions + stop] = 1;
    GraphRun run = run(RandomModel.lowering(model), inputs);
    assertThat(run.doubles("length")).containsOnly(2);
    for (float drawn : run.floats("log_pf_drawn")) {
      assertThat(drawn).isFinite();
    }
  }

  @Test
  void greedyBreaksEveryTieByTheLowestNumberWhateverTheUniforms() {
    TrainedModel model = strings();
    PolicyLowering indifferent =
        new PolicyLowering(
            model.network(),
            model.environment(),
            new float[model.network().layout().size()],
            new GraphOrigin("test", new TreeMap<>()));
    Map<String, float[]> inputs = inputs(model.environment(), allOf(model.environment()));
    inputs.put("greedy", new float[] {1});
    GraphRun run = run(indifferent, inputs);
    assertThat(run.doubles("tokens")).containsOnly(0);
    assertThat(run.doubles("length")).containsOnly(5);
    // Two tokens to choose from, and from the minimum length on the stop as well.
    double expected = -2 * Math.log(2) - 3 * Math.log(3);
    for (float drawn : run.floats("log_pf_drawn")) {
      assertThat((double) drawn).isCloseTo(expected, within(TOLERANCE));
    }
  }

  @Test
  void thereIsNoneWhereTrajectoriesAreTooLong() {
    TrainedModel model =
        RandomModel.of(
            "{type: autoregressive, tokens: [A, C], length: 400}",
            "{type: logit-scale, form: paper}",
            "uniform",
            "trajectory-balance",
            3);
    assertThat(new DecodingLowering(RandomModel.lowering(model)).decoding()).isEmpty();
  }

  private static TrainedModel strings() {
    return RandomModel.of(
        "{type: autoregressive, tokens: [A, C], minimum_length: 2, length: 5}",
        "{type: logit-scale, form: paper}",
        "uniform",
        "trajectory-balance",
        3);
  }

  private static PolicyLowering backToFront(BackToFront environment) {
    TrainedModel model =
        RandomModel.of(
            "{type: autoregressive, tokens: [A, C, G], length: 4}",
            "{type: logit-scale, form: positive}",
            "learned",
            "trajectory-balance",
            6);
    // As wide as the model's own, so that its parameters fit.
    return new PolicyLowering(
        GFlowNet.of(model.config(), environment),
        environment,
        model.parameters(),
        new GraphOrigin("test", new TreeMap<>()));
  }

  private static void compare(PolicyLowering policy, EnvironmentLowering lowering) {
    Map<String, float[]> inputs = inputs(policy.environment(), allOf(policy.environment()));
    GraphRun decoded =
        GraphRun.of(new DecodingLowering(policy, lowering).decoding().orElseThrow(), inputs);
    GraphRun plain =
        GraphRun.of(new RolloutLowering(policy, lowering, Optional.empty()).rollout(), inputs);
    assertThat(decoded.doubles("tokens")).containsExactly(plain.doubles("tokens"));
    assertThat(decoded.doubles("length")).containsExactly(plain.doubles("length"));
    for (String output : List.of("log_pf", "log_pb", "log_z")) {
      assertThat(decoded.doubles(output))
          .as(output)
          .containsExactly(plain.doubles(output), within(TOLERANCE));
    }
    assertThat(decoded.doubles("log_pf_drawn"))
        .containsExactly(plain.doubles("log_pf"), within(TOLERANCE));
  }

  private static GraphRun run(PolicyLowering policy, Map<String, float[]> inputs) {
    return GraphRun.of(new DecodingLowering(policy).decoding().orElseThrow(), inputs);
  }

  private static float[] allOf(Environment environment) {
    float[] allowed = new float[environment.maximumSteps() * environment.actionCount()];
    Arrays.fill(allowed, 1);
    return allowed;
  }

  private static Map<String, float[]> inputs(Environment environment, float[] allowed) {
    Random random = new Random(5);
    int steps = environment.maximumSteps();
    float[] betas = new float[ROWS];
    float[] numbers = new float[ROWS];
    float[] uniforms = new float[ROWS * steps];
    for (int row = 0; row < ROWS; row++) {
      numbers[row] = row;
      betas[row] = 0.25f + 4 * random.nextFloat();
    }
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = random.nextFloat();
    }
    Map<String, float[]> inputs = new HashMap<>();
    inputs.put("beta", betas);
    inputs.put("beta_index", numbers);
    inputs.put("uniform", uniforms);
    inputs.put("allowed", allowed);
    inputs.put("greedy", new float[] {0});
    inputs.put("top_p", new float[] {1});
    return inputs;
  }
}
