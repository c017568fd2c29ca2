package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Signature;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.environment.BackToFront;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import io.logitflow.trainer.trajectory.TrajectoryLogProbability;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScoreLoweringTest {
  /**
   * Scaled logits of these random models are some hundreds, rounded otherwise by each processor.
   */
  private static final double ROUNDING = 3e-4;

  private static final float[] BETAS = {0.3f, 1, 3};
  private static final int TRAJECTORIES = 8;

  static Stream<Arguments> kinds() {
    return ModelKinds.models();
  }

  static Stream<Arguments> kindsOfManyTrajectories() {
    return ModelKinds.models()
        .filter(arguments -> !arguments.get()[0].toString().contains("{type: autoregressive"));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void isTheSumOverAllTrajectories(TrainedModel model) {
    OnnxGraph graph = new ScoreLowering(RandomModel.lowering(model)).score().orElseThrow();
    assertThat(graph.inputs().stream().map(Signature::name))
        .containsExactly("tokens", "length", "beta");
    compareWithEnumeration(model, graph);
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "2, 1", "2, 7", "5, 3", "300, 2"})
  void isTheSumForOtherSizesOfStrings(int vocabulary, int length) {
    TrainedModel model = RandomModel.strings(vocabulary, length, ScaleForm.POSITIVE, 3, 8);
    compareWithEnumeration(
        model, new ScoreLowering(RandomModel.lowering(model)).score().orElseThrow());
  }

  private static void compareWithEnumeration(TrainedModel model, OnnxGraph graph) {
    Environment environment = model.environment();
    int count = Math.min(3_000, Math.toIntExact(environment.objectCount().orElseThrow()));
    boolean all = count == environment.objectCount().orElseThrow();
    ObjectBatch objects = repeated(environment.objects(0, count), BETAS.length);
    double[][] expected = enumerated(model);
    float[] logP = GraphRun.of(graph, inputs(objects)).floats("log_p");
    double[] sums = new double[BETAS.length];
    for (int row = 0; row < objects.rows(); row++) {
      int beta = row % BETAS.length;
      double exact = expected[beta][row / BETAS.length];
      assertThat((double) logP[row])
          .as("object %d at beta %s", row / BETAS.length, BETAS[beta])
          .isCloseTo(exact, within(ROUNDING - 1e-6 * exact));
      sums[beta] += Math.exp(logP[row]);
    }
    if (all) {
      assertThat(sums).containsExactly(new double[] {1, 1, 1}, within(1e-4));
    }
  }

  @ParameterizedTest
  @MethodSource("kindsOfManyTrajectories")
  void drawsTheTrainersTrajectoriesWhereThereAreTooManyStates(TrainedModel model) {
    OnnxGraph graph = new ScoreLowering(RandomModel.lowering(model), 0).score().orElseThrow();
    assertThat(graph.inputs().stream().map(Signature::name))
        .containsExactly("tokens", "length", "beta", "uniform");
    assertThat(graph.outputs().stream().map(Signature::name)).containsExactly("log_pf", "log_pb");
    assertThat(partInCommon(model, graph)).isGreaterThan(0.998);
  }

  @ParameterizedTest
  @CsvSource({
    "'{type: hypergrid, dimensions: 2, side: 44}', log_p",
    "'{type: hypergrid, dimensions: 2, side: 45}', log_pf",
    "'{type: non-autoregressive, tokens: [A, C], length: 10}', log_p",
    "'{type: non-autoregressive, tokens: [A, C], length: 11}', log_pf",
    "'{type: prepend-append, tokens: [A, C], length: 62}', log_p",
    "'{type: prepend-append, tokens: [A, C], length: 63}', log_pf"
  })
  void sumsOverUpTo2000States(String environment, String output) {
    TrainedModel model =
        RandomModel.of(
            environment, "{type: logit-scale, form: positive}", "uniform", "trajectory-balance", 3);
    OnnxGraph graph = new ScoreLowering(RandomModel.lowering(model)).score().orElseThrow();
    assertThat(graph.outputs().get(0).name()).isEqualTo(output);
  }

  /**
   * Draws trajectories backward from all objects, as the trainer does with the same uniforms, and
   * returns the part of them that are the same; rounding may lead a few elsewhere.
   */
  private static double partInCommon(TrainedModel model, OnnxGraph graph) {
    Environment environment = model.environment();
    int count = Math.toIntExact(environment.objectCount().orElseThrow());
    ObjectBatch objects = repeated(environment.objects(0, count), TRAJECTORIES * BETAS.length);
    int[] steps = environment.terminals(objects).steps();
    int most = environment.maximumSteps();
    Random random = new Random(17);
    Map<String, float[]> inputs = inputs(objects);
    // The graph counts the steps from the object, the trainer from the root.
    float[] uniforms = new float[objects.rows() * most];
    float[] fromRoot = new float[uniforms.length];
    for (int i = 0; i < uniforms.length; i++) {
      int row = i / most;
      int step = i % most;
      uniforms[i] = random.nextInt(1 << 24) * 0x1p-24f;
      if (step < steps[row]) {
        fromRoot[row * most + steps[row] - 1 - step] = uniforms[i];
      }
    }
    inputs.put("uniform", uniforms);
    GraphRun run = GraphRun.of(graph, inputs);
    float[] betas = Objects.requireNonNull(inputs.get("beta"));
    int same = 0;
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      TrajectoryBatch drawn = new Rollout(environment).backward(objects, trained, betas, fromRoot);
      double[] logPf = TrajectoryLogProbability.forward(trained, betas, drawn);
      double[] logPb = TrajectoryLogProbability.backward(trained, betas, drawn);
      for (int row = 0; row < objects.rows(); row++) {
        boolean equal =
            Math.abs(run.floats("log_pf")[row] - logPf[row]) < 1e-4 - 1e-6 * logPf[row]
                && Math.abs(run.floats("log_pb")[row] - logPb[row]) < 1e-4 - 1e-6 * logPb[row];
        same += equal ? 1 : 0;
      }
    }
    return same / (double) objects.rows();
  }

  private static double[][] enumerated(TrainedModel model) {
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      return ExactDistribution.logProbabilities(model.environment(), trained, BETAS);
    }
  }

  /** Returns the inputs of objects at each β in turn. */
  private static Map<String, float[]> inputs(ObjectBatch objects) {
    Map<String, float[]> inputs = new HashMap<>();
    float[] betas = new float[objects.rows()];
    for (int row = 0; row < betas.length; row++) {
      betas[row] = BETAS[row % BETAS.length];
    }
    inputs.put("tokens", GraphRun.elements(objects.tokens()));
    inputs.put("length", GraphRun.elements(objects.lengths()));
    inputs.put("beta", betas);
    return inputs;
  }

  private static ObjectBatch repeated(ObjectBatch objects, int times) {
    int rows = objects.rows() * times;
    int[] tokens = new int[rows * objects.width()];
    int[] lengths = new int[rows];
    for (int row = 0; row < rows; row++) {
      int object = row / times;
      lengths[row] = objects.lengths()[object];
      System.arraycopy(
          objects.tokens(),
          object * objects.width(),
          tokens,
          row * objects.width(),
          objects.width());
    }
    return new ObjectBatch(rows, objects.width(), tokens, lengths);
  }

  @Test
  void isLeftOutWhereTrajectoriesAreTooLong() {
    Environment environment = new Hypergrid(8, 513);
    TrainedModel model =
        RandomModel.of(
            "{type: hypergrid, dimensions: 2, side: 5}",
            "{type: logit-scale, form: positive}",
            "uniform",
            "trajectory-balance",
            3);
    GFlowNet network = GFlowNet.of(model.config(), environment);
    PolicyLowering policy =
        new PolicyLowering(
            network,
            environment,
            new float[network.layout().size()],
            new GraphOrigin("test", new TreeMap<>()));
    assertThat(new ScoreLowering(policy).score()).isEmpty();
  }

  /** Long before its last step: a graph of millions of nodes takes memory and time. */
  @Test
  void drawsNoFurtherThanTheMostNodes() {
    TrainedModel model =
        RandomModel.of(
            "{type: hypergrid, dimensions: 2, side: 60}",
            "{type: logit-scale, form: positive}",
            "uniform",
            "trajectory-balance",
            3);
    int most = 500;
    GraphBuilder graph = new GraphBuilder("score", "B");
    ScoredObjects objects = ScoredObjects.input(graph, model.environment());
    ReturningState terminals =
        ReturningState.terminals(graph, model.environment(), objects).orElseThrow();
    Value uniform =
        graph.input(
            "uniform", ElementType.FLOAT32, Shape.BATCH, model.environment().maximumSteps());
    TrajectoryScore score = new TrajectoryScore(RandomModel.lowering(model), most);
    assertThat(score.draw(graph, terminals, objects, uniform)).isEmpty();
    // A step has some tens.
    assertThat(graph.nodeCount()).isBetween(most + 1, most + 100);
  }

  /** A user's environment has a rollout of its own; what its step back is, nobody said. */
  @Test
  void isLeftOutForAnEnvironmentOfOnesOwn() {
    TrainedModel model = RandomModel.strings(3, 4, ScaleForm.PAPER, 1, 8);
    BackToFront environment = new BackToFront(List.of("A", "C", "G"), "", 4);
    GFlowNet network = GFlowNet.of(model.config(), environment);
    PolicyLowering policy =
        new PolicyLowering(
            network,
            environment,
            new float[network.layout().size()],
            new GraphOrigin("test", new TreeMap<>()));
    assertThat(new ScoreLowering(policy).score()).isEmpty();
  }
}
