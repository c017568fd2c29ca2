package io.logitflow.exporter.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.lowering.DecodingLowering;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.NonAutoregressive;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.v1.Graph.Role;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ParityCheckTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"4, 4, POSITIVE", "3, 5, PAPER", "260, 2, POSITIVE"})
  void findsABundleEqualToItsModel(int vocabulary, int length, ScaleForm form) {
    TrainedModel model = RandomModel.strings(vocabulary, length, form, 21, 16, 16);
    BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    ParityReport report = BundleFolder.parity(model, directory.resolve("bundle"));
    assertThat(report.passed()).isTrue();
    assertThat(report.betas()).containsExactly(0.25f, 0.5f, 1f, 2f, 3f, 4.5f, 6f);
    assertThat(report.rows()).isEqualTo(4_096);
    assertThat(report.outputs())
        .extracting(output -> output.graph() + " " + output.output())
        .containsExactly(
            "policy.onnx forward_logits",
            "scale.onnx forward_scale",
            "log_partition.onnx log_partition",
            "rollout.onnx tokens",
            "rollout.onnx length",
            "rollout.onnx log_pf",
            "rollout.onnx log_pb",
            "rollout.onnx log_z",
            "decode.onnx tokens",
            "decode.onnx length",
            "decode.onnx log_pf",
            "decode.onnx log_pb",
            "decode.onnx log_z",
            "decode.onnx log_pf_drawn");
    long compared = (long) length * (report.rows() - report.boundaryRows());
    assertThat(report.outputs().get(3).values()).isEqualTo(compared).isGreaterThan(4_000);
    assertThat(ParityReport.parse("parity.json", report.toJson())).isEqualTo(report);
  }

  /** A model of each environment, which differ in all else. */
  static Stream<Arguments> kinds() {
    List<String> environments = ModelKinds.ENVIRONMENTS;
    List<String> conditionings = ModelKinds.CONDITIONINGS;
    return IntStream.range(0, environments.size())
        .mapToObj(
            i ->
                Arguments.of(
                    environments.get(i),
                    conditionings.get(i % conditionings.size()),
                    i % 2 == 0 ? "learned" : "uniform",
                    i % 3 == 0 ? "detailed-balance" : "trajectory-balance"));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void findsEveryKindOfBundleEqualToItsModel(
      String environment, String conditioning, String backward, String objective) {
    TrainedModel model = RandomModel.of(environment, conditioning, backward, objective, 3);
    BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    ParityReport report = BundleFolder.parity(model, directory.resolve("bundle"));
    assertThat(report.summary()).startsWith("4096 trajectories").doesNotContain("differs");
    assertThat(report.passed()).isTrue();
    boolean scaled = conditioning.contains("logit-scale");
    boolean learned = backward.equals("learned");
    Set<String> expected =
        new TreeSet<>(
            Set.of(
                "forward_logits",
                "log_partition",
                "tokens",
                "length",
                "log_pf",
                "log_pb",
                "log_z"));
    for (String output : List.of("tokens", "length", "log_pf", "log_pb", "log_z", "log_pf_drawn")) {
      expected.add("decode.onnx " + output);
    }
    if (scaled) {
      expected.add("forward_scale");
    }
    if (learned) {
      expected.add("backward_logits");
    }
    if (scaled && learned) {
      expected.add("backward_scale");
    }
    assertThat(report.outputs())
        .extracting(OutputParity::name)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(report.betas().size()).isEqualTo(conditioning.contains("none") ? 1 : 7);
  }

  @ParameterizedTest
  @CsvSource({
    "backward.1.bias, backward_logits",
    "backward_scale.network.1.bias, backward_scale",
    "backward_encoding.1.bias, log_pb",
    "encoding.1.bias, log_pf",
    "state_flow.1.bias, log_z"
  })
  void findsOneParameterOfTheOtherNetworksThatDiffers(String block, String output) {
    TrainedModel model =
        RandomModel.of(
            "{type: hypergrid, dimensions: 2, side: 3}",
            "{type: logit-scale+layer, form: positive, encoding: {type: raw}}",
            "learned",
            "sub-trajectory-balance",
            24);
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    float[] parameters = model.parameters();
    parameters[model.network().layout().block(block).offset()] += 1;
    try (TrainedPolicy other =
        new TrainedPolicy(model.network(), model.environment(), parameters)) {
      ParityReport report =
          ParityCheck.run(bundle, model.environment(), other, ExecutionProvider.CPU);
      assertThat(report.passed()).isFalse();
      assertThat(report.summary()).contains(output + " differs in ");
    }
  }

  @Test
  void findsTheDecodingOfAnotherModel() {
    TrainedModel model = RandomModel.strings(4, 3, ScaleForm.PAPER, 21, 16);
    TrainedModel other = RandomModel.strings(4, 3, ScaleForm.PAPER, 22, 16);
    Path bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle")).directory();
    BundleFolder.replace(
        bundle,
        Role.DECODING,
        new DecodingLowering(RandomModel.lowering(other)).decoding().orElseThrow().file());
    ParityReport report = BundleFolder.parity(model, bundle);
    assertThat(report.outputs())
        .filteredOn(output -> !output.passed())
        .extracting(OutputParity::name)
        .contains("decode.onnx tokens", "decode.onnx log_pf", "decode.onnx log_pf_drawn")
        .allMatch(name -> name.startsWith("decode.onnx "));
  }

  @Test
  void comparesAllButTheRowsWithActionsThatHardlyEverOccur() {
    TrainedModel model = RandomModel.strings(260, 2, ScaleForm.POSITIVE, 21, 16);
    BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    ParityReport report = BundleFolder.parity(model, directory.resolve("bundle"));
    double rare = 0;
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      for (float beta : report.betas()) {
        rare += rareMass(model.environment(), trained, beta) / report.betas().size();
      }
    }
    // Four standard deviations of a count of rare events, and one for the rounding of
    // probabilities.
    double mean = rare * report.rows();
    assertThat((double) report.boundaryRows()).isCloseTo(mean, within(4 * Math.sqrt(mean) + 1));
  }

  /** Returns the probability of a trajectory of two steps with an action below 2e-5. */
  private static double rareMass(Environment environment, StatePolicy trained, float beta) {
    double frequent = 0;
    double[] first = probabilities(environment, trained, environment.roots(1), beta);
    for (int action = 0; action < first.length; action++) {
      if (first[action] >= 2e-5) {
        StateBatch state = environment.roots(1);
        environment.step(state, new int[] {action}, new int[1]);
        double[] second = probabilities(environment, trained, state, beta);
        frequent += first[action] * Arrays.stream(second).filter(p -> p >= 2e-5).sum();
      }
    }
    return 1 - frequent;
  }

  private static double[] probabilities(
      Environment environment, StatePolicy trained, StateBatch state, float beta) {
    float[] betas = {beta};
    boolean[] mask = new boolean[environment.actionCount()];
    environment.forwardMask(state, mask);
    double scale = trained.forwardScale(betas)[0];
    float[] logits = trained.forwardLogits(state, betas);
    double[] weights =
        IntStream.range(0, mask.length)
            .mapToDouble(action -> mask[action] ? Math.exp(scale * logits[action]) : 0)
            .toArray();
    double total = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / total).toArray();
  }

  @Test
  void drawsFewerAtOnceWhereStatesAreWide() {
    assertThat(ParityCheck.tile(new Hypergrid(2, 4))).isEqualTo(256);
    assertThat(ParityCheck.tile(new NonAutoregressive(tokens(100), "-", 100))).isEqualTo(64);
    assertThat(ParityCheck.tile(new NonAutoregressive(tokens(1_000), "-", 900))).isEqualTo(4);
  }

  private static List<String> tokens(int count) {
    return IntStream.range(0, count).mapToObj(token -> "t" + token).toList();
  }

  @Test
  void saysWhenNothingCouldBeCompared() {
    OutputParity tokens = new OutputParity("rollout.onnx", "tokens", 0, 0, 0);
    ParityReport report = ParityReport.of(List.of(1f), 8, 8, List.of(tokens));
    assertThat(report.passed()).isFalse();
    assertThat(report.summary())
        .isEqualTo(
            "all of 8 trajectories take actions of a probability below 2e-5, too rare to tell from"
                + " their neighbours: the rollout cannot be compared");
  }

  @Test
  void findsOneParameterThatDiffers() {
    TrainedModel model = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 22, 16);
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    float[] parameters = model.parameters();
    parameters[model.network().layout().block("forward.1.bias").offset()] += 1e-3f;
    try (TrainedPolicy other =
        new TrainedPolicy(model.network(), model.environment(), parameters)) {
      ParityReport report =
          ParityCheck.run(bundle, model.environment(), other, ExecutionProvider.CPU);
      assertThat(report.passed()).isFalse();
      assertThat(report.summary())
          .startsWith("4096 trajectories, ")
          .contains("forward_logits differs in ")
          .doesNotContain("log_z");
    }
  }

  /** Of a trainer's model whose log Z and logits are a little off. */
  @Test
  void allowsLogForwardAndTheOtherNumbersOfARolloutWhatIsSaidOfEach() {
    TrainedModel model = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 22, 16);
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    float[] parameters = model.parameters();
    parameters[model.network().layout().block("forward.1.bias").offset()] += 1e-2f;
    parameters[model.network().layout().block("log_partition.2.bias").offset()] += 1e-2f;
    Tolerance wide = new Tolerance(1, 0);
    try (TrainedPolicy other =
        new TrainedPolicy(model.network(), model.environment(), parameters)) {
      assertThat(mismatched(bundle, model, other, wide, Tolerance.BINARY32))
          .contains("log_z")
          .doesNotContain("log_pf");
      assertThat(mismatched(bundle, model, other, Tolerance.BINARY32, wide))
          .contains("log_pf")
          .doesNotContain("log_z");
    }
  }

  /** Returns the outputs of the rollout that differ. */
  private static List<String> mismatched(
      Bundle bundle, TrainedModel model, StatePolicy other, Tolerance forward, Tolerance others) {
    return new ParityCheck(
            bundle, model.environment(), other, other, ExecutionProvider.CPU, forward, others)
        .run().outputs().stream()
            .filter(output -> output.graph().equals("rollout.onnx") && output.mismatches() > 0)
            .map(OutputParity::output)
            .toList();
  }

  @Test
  void countsWhatIsNotANumberAsADifference() {
    Comparison comparison = new Comparison("rollout.onnx", "log_pf");
    comparison.add(Float.NaN, 1);
    comparison.add(1, 1);
    assertThat(comparison.result())
        .isEqualTo(new OutputParity("rollout.onnx", "log_pf", 2, Double.POSITIVE_INFINITY, 1));
  }

  @Test
  void passesNothingThatWasNotCompared() {
    assertThat(new Comparison("rollout.onnx", "log_pf").result().passed()).isFalse();
  }

  @Test
  void refusesWhatIsNoReport() {
    assertThatThrownBy(() -> ParityReport.parse("b/parity.json", "{}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "b/parity.json: found Missing creator property 'passed' (index 0),"
                + " expected a parity report");
  }
}
