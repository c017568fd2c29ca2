package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.onnx.ModelProto;
import io.logitflow.exporter.onnx.NodeProto;
import io.logitflow.trainer.config.PolicyConfig.ScaleForm;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.SampledTrajectories;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RolloutLoweringTest {
  private static final int ROWS = 512;
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
    float[] betas = new float[ROWS];
    float[] uniforms = new float[ROWS * length];
    Random random = new Random(11);
    for (int row = 0; row < ROWS; row++) {
      betas[row] = 0.25f + 4 * random.nextFloat();
      for (int step = 0; step < length; step++) {
        uniforms[row * length + step] = random.nextFloat();
      }
    }
    assertThat(compare(model, betas, uniforms)).isGreaterThan(ROWS * 9 / 10);
  }

  @ParameterizedTest
  @EnumSource
  void takesTheEndsOfTheUniformAtEveryStep(ScaleForm form) {
    int length = 4;
    TrainedModel model = RandomModel.strings(3, length, form, 5, 16);
    int rows = 1 << length;
    float[] betas = new float[rows];
    float[] uniforms = new float[rows * length];
    for (int row = 0; row < rows; row++) {
      betas[row] = 0.2f;
      for (int step = 0; step < length; step++) {
        uniforms[row * length + step] = (row >> step & 1) == 0 ? 0 : LAST;
      }
    }
    assertThat(compare(model, betas, uniforms)).isEqualTo(rows);
  }

  @Test
  void storesEachWeightOnceAndNothingThatDependsOnTheBatch() throws Exception {
    TrainedModel model = RandomModel.strings(4, 8, ScaleForm.POSITIVE, 1, 256, 256);
    OnnxGraph graph = new RolloutLowering(RandomModel.lowering(model)).rollout();
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
  private static int compare(TrainedModel model, float[] betas, float[] uniforms) {
    int rows = betas.length;
    int length = model.environment().maximumLength();
    OnnxGraph graph = new RolloutLowering(RandomModel.lowering(model)).rollout();
    GraphRun run = GraphRun.of(graph, rows, Map.of("beta", betas, "uniform", uniforms));
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      SampledTrajectories expected =
          new Rollout(model.environment()).sample(trained, betas, uniforms, Exploration.NONE);
      float[] logZ = trained.logPartition(betas);
      int[] tokens = expected.trajectories().objects().tokens();
      int compared = 0;
      for (int row = 0; row < rows; row++) {
        if (expected.boundaryDistance()[row] < 1e-5) {
          continue;
        }
        compared++;
        for (int place = 0; place < length; place++) {
          assertThat(token(run, row, place))
              .as("row %d, token %d", row, place)
              .isEqualTo(tokens[row * length + place]);
        }
        assertThat(((int[]) run.array("length"))[row]).isEqualTo(length);
        assertThat(run.floats("log_pf")[row]).isCloseTo(expected.logForward()[row], within(1e-4f));
        assertThat(run.floats("log_pb")[row])
            .isCloseTo(expected.trajectories().logBackward()[row], within(1e-4f));
        assertThat(run.floats("log_z")[row]).isCloseTo(logZ[row], within(1e-4f));
      }
      return compared;
    }
  }

  private static int token(GraphRun run, int row, int place) {
    Object tokens = run.array("tokens");
    return tokens instanceof byte[][] bytes
        ? bytes[row][place] & 0xFF
        : ((short[][]) tokens)[row][place];
  }
}
