package io.logitflow.exporter.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.parity.OutputParity;
import io.logitflow.exporter.parity.ParityGate;
import io.logitflow.exporter.parity.ParityReport;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.schema.AttributeProto;
import io.logitflow.sampler.onnx.schema.GraphProto;
import io.logitflow.sampler.onnx.schema.ModelProto;
import io.logitflow.sampler.onnx.schema.NodeProto;
import io.logitflow.sampler.onnx.schema.TensorProto;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.v1.Graph.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a GPU would draw with TF32, on the CPU: the factors of every product of a rollout are cut to
 * eleven bits of significand before it, by Veltkamp's splitting.
 */
class RoundedFactorsTest {
  private static final float SPLIT = (1 << 13) + 1;
  private static final String SPLIT_NAME = "tf32.split";
  private static final Set<String> PRODUCTS = Set.of("MatMul", "Gemm");
  private static final double STEP = 0x1p-8;

  private final List<String> rounded = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  @Test
  void noBundleThatMayBeRoundedDrawsOtherTokens() {
    MeasuredForm.all(
        (form, model, bundle) -> {
          if (BundleFormat.needsExactProducts(bundle.manifest())) {
            refused.add(form.name());
          } else if (!bundle.manifest().hasPrecision()) {
            rounded.add(form.name());
            assertThat(differences(model, bundle)).as(form.name()).isLessThan(form.steps() * STEP);
          }
        });

    assertThat(rounded).hasSizeGreaterThan(12).anyMatch(name -> name.contains("loop"));
    assertThat(refused).hasSizeGreaterThan(9).allMatch(name -> name.contains("tables"));
  }

  /** Returns the largest difference in log P_F; requires that all tokens are the same. */
  private static double differences(TrainedModel model, Bundle bundle) {
    try {
      ModelProto rollout = ModelProto.parseFrom(Files.readAllBytes(bundle.path(Role.ROLLOUT)));
      ModelProto cut = rollout.toBuilder().setGraph(cut(rollout.getGraph())).build();
      BundleFolder.replace(
          bundle.directory(), Role.ROLLOUT, ByteString.copyFrom(cut.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ParityReport report =
        new ParityGate(model).measure(Bundle.open(bundle.directory()), ExecutionProvider.CPU);
    assertThat(output(report, BundleFormat.TOKENS).mismatches()).isZero();
    assertThat(output(report, BundleFormat.LENGTH).mismatches()).isZero();
    return output(report, BundleFormat.LOG_PF).largestDifference();
  }

  private static OutputParity output(ParityReport report, String name) {
    return report.outputs().stream()
        .filter(output -> output.graph().equals(BundleFormat.ROLLOUT_FILE))
        .filter(output -> output.output().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static GraphProto cut(GraphProto graph) {
    TensorProto split =
        TensorProto.newBuilder()
            .setName(SPLIT_NAME)
            .setDataType(TensorProto.DataType.FLOAT_VALUE)
            .setRawData(
                ByteString.copyFrom(
                    ByteBuffer.allocate(Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putFloat(0, SPLIT)))
            .build();
    return withCutFactors(graph).addInitializer(split).build();
  }

  private static GraphProto.Builder withCutFactors(GraphProto graph) {
    GraphProto.Builder result = graph.toBuilder().clearNode();
    int number = 0;
    for (NodeProto node : graph.getNodeList()) {
      NodeProto.Builder changed = node.toBuilder().clearAttribute();
      for (AttributeProto attribute : node.getAttributeList()) {
        changed.addAttribute(
            attribute.hasG()
                ? attribute.toBuilder().setG(withCutFactors(attribute.getG())).build()
                : attribute);
      }
      if (PRODUCTS.contains(node.getOpType())) {
        for (int factor = 0; factor < 2; factor++) {
          String name = graph.getName() + ".cut" + number++;
          String value = node.getInput(factor);
          result.addNode(node("Mul", name + ".large", value, SPLIT_NAME));
          result.addNode(node("Sub", name + ".rest", name + ".large", value));
          result.addNode(node("Sub", name, name + ".large", name + ".rest"));
          changed.setInput(factor, name);
        }
      }
      result.addNode(changed);
    }
    return result;
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(Stream.of(inputs).toList())
        .addOutput(output)
        .build();
  }
}
