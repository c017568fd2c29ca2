package io.logitflow.exporter.parity;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Value;
import io.logitflow.exporter.lowering.PolicyLowering;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.v1.Graph.Role;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxStatePolicyTest {
  private final TrainedModel model = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 61, 16);
  private final PolicyLowering lowering = RandomModel.lowering(model);
  @TempDir private Path directory;

  @Test
  void refusesAGraphOfAnotherRole() {
    refuses(
        Role.LOG_PARTITION,
        lowering.scale().orElseThrow(),
        "log_partition.onnx outputs: found forward_scale FLOAT32[*, 1],"
            + " expected log_partition FLOAT32[*, 1]");
    refuses(
        Role.POLICY,
        lowering.scale().orElseThrow(),
        "policy.onnx inputs: found beta FLOAT32[*, 1], expected features FLOAT32[*, 12]");
  }

  @Test
  void refusesThePolicyOfAnotherEnvironment() {
    TrainedModel longer = RandomModel.strings(4, 5, ScaleForm.POSITIVE, 61, 16);
    refuses(
        Role.POLICY,
        RandomModel.lowering(longer).policy(),
        "policy.onnx inputs: found features FLOAT32[*, 20], expected features FLOAT32[*, 12]");
  }

  @Test
  void refusesAGraphWithoutInputs() {
    GraphBuilder graph = new GraphBuilder("scale", "N");
    Value one = graph.constant("one", Shape.of(1), 1);
    graph.output(
        "forward_scale", graph.apply(Operator.RESHAPE, one, graph.integers("shape", 1, 1)));
    refuses(
        Role.SCALE,
        graph.build("test", new TreeMap<>()),
        "scale.onnx inputs: found none, expected beta FLOAT32[*, 1]");
  }

  private void refuses(Role role, OnnxGraph graph, String fault) {
    Path folder = directory.resolve(role + "-" + graph.nodeCount());
    BundleFolder.writeUnchecked(model, folder);
    BundleFolder.replace(folder, role, graph.file());
    assertThatThrownBy(() -> Bundle.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(folder.resolve(fault) + ", as the manifest says");
  }
}
