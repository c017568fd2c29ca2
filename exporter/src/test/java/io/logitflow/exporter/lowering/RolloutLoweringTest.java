package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.sampler.onnx.schema.ModelProto;
import io.logitflow.sampler.onnx.schema.NodeProto;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.environment.BackToFront;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.SampledTrajectories;
import io.logitflow.trainer.trajectory.TrajectoryLogProbability;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RolloutLoweringTest {
  private static final int ROWS = 128;
  static final List<String> ENVIRONMENTS = ModelKinds.ENVIRONMENTS;
  private static final float LAST = 0x1.fffffep-1f;

  @ParameterizedTest
  @CsvSource({
    "1, 3, POSITIVE, 8",
    "2, 1, PAPER, 8",
    "4, 1, POSITIVE, 8",
    "2, 6, POSITIVE, 16",
    "3, 4, PAPER, 16",
    "4, 3, POSITIVE, 8",
    "5, 5, PAPER, 32",
    "5, 2, POSITIVE, 8",
    "300, 2, POSITIVE, 4",
    "600, 2, PAPER, 4"
  })
  void drawsTheTrainersTrajectories(int vocabulary, int length, ScaleForm form, int width) {
    TrainedModel model =
        RandomModel.strings(vocabulary, length, form, 7 + vocabulary, width, width);
    assertThat(compareRandomRows(model)).isGreaterThan(ROWS * 9 / 10);
  }

  static Stream<Arguments> kinds() {
    return ModelKinds.models();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void drawsTheTrainersTrajectoriesOfEveryKind(TrainedModel model) {
    assertThat(compareRandomRows(model)).isGreaterThan(ROWS * 9 / 10);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void drawsTheTrainersTrajectoriesOfEveryKindInALoop(TrainedModel model) {
    assertThat(compareInALoop(model)).isGreaterThan(ROWS * 9 / 10);
  }

  private static int compareInALoop(TrainedModel model) {
    RolloutLowering lowering =
        new RolloutLowering(
            RandomModel.lowering(model),
            EnvironmentLowering.of(model.environment()),
            Optional.empty(),
            RolloutForm.LOOP);
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      return compareRandomRows(model.environment(), lowering, trained);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'{type: autoregressive, tokens: [A, C, G, T], length: 600}', 6",
    "'{type: autoregressive, tokens: [A, C, G, T], minimum_length: 100, length: 300}', 9",
    "'{type: hypergrid, dimensions: 3, side: 64}', 6",
    "'{type: non-autoregressive, tokens: [A, C], length: 150}', 6",
    "'{type: prepend-append, tokens: [A, C, G, T], length: 200}', 9"
  })
  void drawsTheTrainersLongTrajectories(String environment, long seed) {
    TrainedModel model =
        RandomModel.of(
            environment,
            "{type: logit-scale, form: positive}",
            "uniform",
            "trajectory-balance",
            seed);
    // Many choices come close to a boundary somewhere.
    assertThat(compareInALoop(model)).isGreaterThan(ROWS / 4);
  }

  @ParameterizedTest
  @CsvSource({
    "'{type: autoregressive, tokens: [A, C, G], length: 5}', '{type: logit-scale, form: positive}'",
    "'{type: autoregressive, tokens: [A, C], minimum_length: 2, length: 6}',"
        + " '{type: layer, encoding: {type: raw}}'"
  })
  void drawsTheTrainersTrajectoriesInEveryForm(String environment, String conditioning) {
    // Of a seed that makes the policy layers alone.
    TrainedModel model =
        RandomModel.of(environment, conditioning, "uniform", "trajectory-balance", 6);
    assertThat(RolloutForm.of(model.network(), model.environment()))
        .isEqualTo(RolloutForm.INCREMENTAL);
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      for (RolloutForm form : RolloutForm.values()) {
        RolloutLowering lowering =
            new RolloutLowering(
                RandomModel.lowering(model),
                EnvironmentLowering.of(model.environment()),
                Optional.empty(),
                form);
        assertThat(compareRandomRows(model.environment(), lowering, trained))
            .as("%s", form)
            .isGreaterThan(ROWS * 9 / 10);
      }
    }
  }

  @Test
  void fallsBackToTheUnrolledFormWhereStepsPrependOrAPolicyLooksUp() {
    for (long seed : new long[] {1, 3, 4, 5}) {
      TrainedModel model =
          RandomModel.of(
              seed == 3
                  ? "{type: prepend-append, tokens: [A, C], length: 4}"
                  : "{type: autoregressive, tokens: [A, C], length: 4}",
              "{type: logit-scale, form: positive}",
              "uniform",
              "trajectory-balance",
              seed);
      assertThat(RolloutForm.of(model.network(), model.environment()))
          .as("seed %d", seed)
          .isEqualTo(RolloutForm.UNROLLED);
    }
  }

  /** A user's environment has a lowering of its own, as docs/extending.md shows. */
  @ParameterizedTest
  @CsvSource({"uniform, trajectory-balance", "learned, detailed-balance"})
  void drawsTheTrainersTrajectoriesOfAnEnvironmentOfOnesOwn(String backward, String objective) {
    TrainedModel model =
        RandomModel.of(
            "{type: autoregressive, tokens: [A, C, G], length: 4}",
            "{type: logit-scale+layer, form: positive, encoding: {type: raw}}",
            backward,
            objective,
            6);
    // As wide as the model's own, so that its parameters fit; all else differs.
    BackToFront environment = new BackToFront(List.of("A", "C", "G"), "", 4);
    GFlowNet network = GFlowNet.of(model.config(), environment);
    PolicyLowering policy =
        new PolicyLowering(
            network, environment, model.parameters(), new GraphOrigin("test", new TreeMap<>()));
    RolloutLowering lowering =
        new RolloutLowering(policy, new BackToFrontLowering(environment), Optional.empty());
    try (TrainedPolicy trained = new TrainedPolicy(network, environment, model.parameters())) {
      assertThat(compareRandomRows(environment, lowering, trained)).isGreaterThan(ROWS * 9 / 10);
    }
  }

  private static int compareRandomRows(TrainedModel model) {
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      return compareRandomRows(
          model.environment(),
          new RolloutLowering(RandomModel.lowering(model), Optional.empty()),
          trained);
    }
  }

  static int compareRandomRows(
      Environment environment, RolloutLowering lowering, TrainedPolicy trained) {
    int steps = environment.maximumSteps();
    float[] betas = new float[ROWS];
    float[] uniforms = new float[ROWS * steps];
    Random random = new Random(11);
    for (int row = 0; row < ROWS; row++) {
      betas[row] = 0.25f + 4 * random.nextFloat();
      for (int step = 0; step < steps; step++) {
        uniforms[row * steps + step] = random.nextFloat();
      }
    }
    return compare(environment, lowering, trained, betas, uniforms);
  }

  static Stream<Arguments> ends() {
    return ENVIRONMENTS.stream()
        .flatMap(
            environment ->
                Stream.of(RolloutForm.UNROLLED, RolloutForm.LOOP)
                    .map(form -> Arguments.of(environment, form)));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void takesTheEndsOfTheUniformAtEveryStep(String environment, RolloutForm form) {
    TrainedModel model =
        RandomModel.of(
            environment, "{type: logit-scale, form: paper}", "learned", "trajectory-balance", 5);
    int length = model.environment().maximumSteps();
    int rows = 1 << length;
    float[] betas = new float[rows];
    float[] uniforms = new float[rows * length];
    for (int row = 0; row < rows; row++) {
      betas[row] = 0.2f;
      for (int step = 0; step < length; step++) {
        uniforms[row * length + step] = (row >> step & 1) == 0 ? 0 : LAST;
      }
    }
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      RolloutLowering lowering =
          new RolloutLowering(
              RandomModel.lowering(model),
              EnvironmentLowering.of(model.environment()),
              Optional.empty(),
              form);
      assertThat(compare(model.environment(), lowering, trained, betas, uniforms)).isEqualTo(rows);
    }
  }

  @Test
  void addsNoNodesForWhatIsTheSameInAllRows() {
    TrainedModel uniform = strings("autoregressive", "uniform");
    int nodes =
        new RolloutLowering(RandomModel.lowering(uniform), Optional.empty()).rollout().nodeCount();
    TrainedModel learned = strings("autoregressive", "learned");
    // A string has one parent, so what is learned of it is nothing but a scale, repeated for
    // each action and looked up by row.
    OnnxGraph graph =
        new RolloutLowering(RandomModel.lowering(learned), Optional.empty()).rollout();
    int scale = RandomModel.lowering(uniform).scale().orElseThrow().nodeCount();
    assertThat(graph.nodeCount()).isEqualTo(nodes + scale + 2);
    TrainedModel layered =
        RandomModel.of(
            "{type: autoregressive, tokens: [A, C], length: 4}",
            "{type: logit-scale+layer, form: positive, encoding: {type: thermometer, bins: 3,"
                + " low: 1, high: 3}}",
            "uniform",
            "trajectory-balance",
            3);
    // Encoding and its part of the first layer once; slices of its weights at every step.
    OnnxGraph withLayer =
        new RolloutLowering(RandomModel.lowering(layered), Optional.empty()).rollout();
    assertThat(withLayer.nodeCount()).isLessThanOrEqualTo(nodes + 6);
  }

  private static TrainedModel strings(String type, String backward) {
    return RandomModel.of(
        "{type: " + type + ", tokens: [A, C], length: 4}",
        "{type: logit-scale, form: positive}",
        backward,
        "trajectory-balance",
        3);
  }

  @Test
  void refusesTrajectoriesThatAreTooLongToUnroll() {
    Environment environment = new Hypergrid(8, 513);
    GFlowNet network = GFlowNet.of(strings("autoregressive", "uniform").config(), environment);
    PolicyLowering policy =
        new PolicyLowering(
            network,
            environment,
            new float[network.layout().size()],
            new GraphOrigin("test", new TreeMap<>()));
    RolloutLowering lowering = new RolloutLowering(policy, Optional.empty());
    assertThatThrownBy(lowering::rollout)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "environment: found trajectories of up to 4097 steps, expected fewer, since this model's"
                + " steps are unrolled into a graph of some 10000 nodes at most");
  }

  @Test
  void storesEachWeightOnceAndNothingThatDependsOnTheBatch() throws Exception {
    TrainedModel model = RandomModel.strings(4, 8, ScaleForm.POSITIVE, 1, 256, 256);
    OnnxGraph graph = new RolloutLowering(RandomModel.lowering(model), Optional.empty()).rollout();
    ModelProto proto = ModelProto.parseFrom(graph.file());
    int weights = 4 * model.parameters().length;
    assertThat(graph.file().size()).isBetween(weights, weights + 40_000);
    assertThat(proto.getGraph().getNodeList().stream().map(NodeProto::getOpType))
        .doesNotContain("Loop", "Scan", "If")
        .filteredOn("Shape"::equals)
        .hasSize(1);
    assertThat(graph.nodeCount()).isLessThan(250);
  }

  /** Compares every row that is not on a boundary and returns how many these are. */
  static int compare(
      Environment environment,
      RolloutLowering lowering,
      TrainedPolicy trained,
      float[] betas,
      float[] uniforms) {
    int rows = betas.length;
    int width = environment.maximumLength();
    GraphRun run =
        GraphRun.of(
            lowering.rollout(),
            Map.of("beta", betas, "beta_index", numbers(rows), "uniform", uniforms));
    SampledTrajectories expected =
        new Rollout(environment).sample(trained, betas, uniforms, Exploration.NONE);
    float[] logZ = trained.logPartition(betas);
    double[] logPb = TrajectoryLogProbability.backward(trained, betas, expected.trajectories());
    int[] tokens = expected.trajectories().objects().tokens();
    boolean[] onBoundary = onBoundary(environment, trained, betas, uniforms);
    int compared = 0;
    for (int row = 0; row < rows; row++) {
      if (onBoundary[row]) {
        continue;
      }
      compared++;
      for (int place = 0; place < width; place++) {
        assertThat(token(run, row, place))
            .as("row %d, token %d", row, place)
            .isEqualTo(tokens[row * width + place]);
      }
      assertThat(((int[]) run.array("length"))[row])
          .isEqualTo(expected.trajectories().objects().lengths()[row]);
      assertThat(run.floats("log_pf")[row])
          .isCloseTo(expected.logForward()[row], tolerance(expected.logForward()[row]));
      assertThat(run.floats("log_pb")[row])
          .isCloseTo((float) logPb[row], tolerance((float) logPb[row]));
      assertThat(run.floats("log_z")[row]).isCloseTo(logZ[row], within(1e-4f));
    }
    return compared;
  }

  private static Offset<Float> tolerance(float logProbability) {
    return within(1e-4f + 1e-6f * Math.abs(logProbability));
  }

  private static float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i;
    }
    return numbers;
  }

  /** Tells which rows a little more or less of their uniforms leads elsewhere: rounding may too. */
  private static boolean[] onBoundary(
      Environment environment, TrainedPolicy trained, float[] betas, float[] uniforms) {
    int[] below = actions(environment, trained, betas, shifted(uniforms, -1e-5f));
    int[] above = actions(environment, trained, betas, shifted(uniforms, 1e-5f));
    boolean[] onBoundary = new boolean[betas.length];
    for (int i = 0; i < below.length; i++) {
      onBoundary[i % betas.length] |= below[i] != above[i];
    }
    return onBoundary;
  }

  private static int[] actions(
      Environment environment, TrainedPolicy trained, float[] betas, float[] uniforms) {
    return new Rollout(environment)
        .sample(trained, betas, uniforms, Exploration.NONE)
        .trajectories()
        .actions();
  }

  private static float[] shifted(float[] uniforms, float by) {
    float[] shifted = new float[uniforms.length];
    for (int i = 0; i < uniforms.length; i++) {
      shifted[i] = Math.max(0, Math.min(LAST, uniforms[i] + by));
    }
    return shifted;
  }

  private static int token(GraphRun run, int row, int place) {
    Object tokens = run.array("tokens");
    return tokens instanceof byte[][] bytes
        ? bytes[row][place] & 0xFF
        : ((short[][]) tokens)[row][place];
  }
}
