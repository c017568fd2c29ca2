package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.tabulation.Tabulation;
import io.logitflow.exporter.tabulation.TabulationPlan.Layout;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.schema.GraphProto;
import io.logitflow.sampler.onnx.schema.ModelProto;
import io.logitflow.sampler.onnx.schema.NodeProto;
import io.logitflow.sampler.onnx.schema.TensorProto.DataType;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Every node of every form of a rollout has a kernel of ONNX Runtime's CUDA provider, as a list of
 * these says that was taken from ONNX Runtime.
 */
class CudaKernelsTest {
  private static final long EVERYTHING = 1L << 30;

  /** A kernel: in which versions of the operator set, and for which types. */
  private record Kernel(
      String operator, int first, int last, List<Set<String>> inputs, Set<String> output) {
    static Kernel parse(String line) {
      String[] cells = line.split(",", -1);
      return new Kernel(
          cells[0],
          Integer.parseInt(cells[1]),
          cells[2].isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(cells[2]),
          Arrays.stream(cells[3].split("\\|", -1)).map(Kernel::types).toList(),
          types(cells[4]));
    }

    private static Set<String> types(String text) {
      return Set.of(text.split(" ", -1));
    }

    boolean runs(Use use) {
      if (!use.operator().equals(operator) || use.opset() < first || use.opset() > last) {
        return false;
      }
      for (int index = 0; index < use.inputs().size(); index++) {
        Set<String> types = inputs.get(Math.min(index, inputs.size() - 1));
        if (!types.contains(use.inputs().get(index))) {
          return false;
        }
      }
      return output.contains("") || output.contains(use.output());
    }
  }

  /** What a node asks for. */
  private record Use(String operator, int opset, List<String> inputs, String output)
      implements Comparable<Use> {
    @Override
    public int compareTo(Use other) {
      return toString().compareTo(other.toString());
    }
  }

  @Test
  void everyNodeOfEveryFormHasAKernel() throws IOException {
    List<Kernel> kernels = kernels();
    Set<Use> uses = new TreeSet<>();
    int forms = 0;
    for (Arguments arguments : ModelKinds.models().toList()) {
      TrainedModel model = (TrainedModel) ((Named<?>) arguments.get()[0]).getPayload();
      for (OnnxGraph rollout : rollouts(model)) {
        ModelProto file = ModelProto.parseFrom(rollout.file());
        uses.addAll(uses(file));
        assertThatShapesAreReadByExpandAlone(file.getGraph());
        forms++;
      }
    }
    assertThat(forms).isGreaterThan(400);
    assertThat(uses.stream().map(Use::operator).distinct().count()).isGreaterThan(25);

    assertThat(uses).allMatch(use -> kernels.stream().anyMatch(kernel -> kernel.runs(use)));
  }

  /** What serves greedy, truncated and constrained draws, and scores. */
  @Test
  void everyNodeOfDecodingAndScoresHasAKernel() throws IOException {
    Set<Use> uses = new TreeSet<>();
    int graphs = 0;
    for (Arguments arguments : ModelKinds.models().toList()) {
      TrainedModel model = (TrainedModel) ((Named<?>) arguments.get()[0]).getPayload();
      List<OnnxGraph> others =
          Stream.of(
                  new DecodingLowering(RandomModel.lowering(model)).decoding(),
                  new ScoreLowering(RandomModel.lowering(model)).score(),
                  new ScoreLowering(RandomModel.lowering(model), 0).score())
              .flatMap(Optional::stream)
              .toList();
      for (OnnxGraph other : others) {
        ModelProto file = ModelProto.parseFrom(other.file());
        uses.addAll(uses(file));
        assertThatShapesAreReadByExpandAlone(file.getGraph());
        graphs++;
      }
    }
    assertThat(graphs).isGreaterThan(200);

    List<Kernel> kernels = kernels();
    assertThat(uses).allMatch(use -> kernels.stream().anyMatch(kernel -> kernel.runs(use)));
  }

  @Test
  void everyNodeInBinary16HasAKernelAndOfBytesAllButTheProduct() throws IOException {
    assertThat(without(new Reduction(Precision.FP16, 1, List.of()))).isEmpty();
    assertThat(without(new Reduction(Precision.INT8, 1, List.of(new QuantisedRange(1, 0)))))
        .containsExactly(new Use("MatMulInteger", 17, List.of("uint8", "int8", "uint8"), "int32"));
  }

  /** Returns what the rollout of a reduced model asks for that has no kernel. */
  private static Set<Use> without(Reduction reduction) throws IOException {
    TrainedModel model =
        RandomModel.of(
            "{type: autoregressive, tokens: [A, C, G], length: 4}",
            "{type: logit-scale+layer, form: positive, encoding: {type: raw}}",
            "learned",
            "trajectory-balance",
            6);
    OnnxGraph rollout =
        new RolloutLowering(RandomModel.lowering(model).reduced(reduction), Optional.empty())
            .rollout();
    Set<Use> uses = uses(ModelProto.parseFrom(rollout.file()));
    String reduced = reduction.precision() == Precision.INT8 ? "MatMulInteger" : "float16";
    assertThat(uses).anyMatch(use -> use.toString().contains(reduced));
    List<Kernel> kernels = kernels();
    uses.removeIf(use -> kernels.stream().anyMatch(kernel -> kernel.runs(use)));
    return uses;
  }

  @Test
  void theListKnowsEveryOperatorAndItsGaps() throws IOException {
    List<Kernel> kernels = kernels();
    assertThat(kernels.stream().map(Kernel::operator).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Operator.values()).map(Operator::onnxName).toList());
    for (Use absent :
        List.of(
            new Use("Where", 17, List.of("bool", "int16", "int16"), "int16"),
            new Use("Equal", 17, List.of("uint8", "uint8"), "bool"),
            new Use("CumSum", 13, List.of("float", "int64"), "float"),
            new Use("Clip", 17, List.of("int32", "int32", "int32"), "int32"))) {
      assertThat(kernels).noneMatch(kernel -> kernel.runs(absent));
    }
  }

  /**
   * Returns a model's rollout without tables, with those of every budget that changes it, and with
   * a loop.
   */
  private static List<OnnxGraph> rollouts(TrainedModel model) {
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      Stream.Builder<Optional<Tabulation>> forms = Stream.builder();
      forms.add(Optional.empty());
      int steps = 0;
      for (long budget = 64; budget <= EVERYTHING; budget *= 2) {
        Optional<Tabulation> tables =
            Tabulation.of(
                model.environment(),
                model.network(),
                trained,
                EnvironmentLowering.of(model.environment())::cells,
                budget);
        int reached = tables.map(tabulation -> tabulation.plan().steps()).orElse(0);
        boolean last = tables.filter(t -> t.plan().layout() == Layout.EDGE).isPresent();
        if (reached > steps || last) {
          steps = reached;
          forms.add(tables);
        }
        if (last) {
          break;
        }
      }
      RolloutLowering looped =
          new RolloutLowering(
              RandomModel.lowering(model),
              EnvironmentLowering.of(model.environment()),
              Optional.empty(),
              RolloutForm.LOOP);
      return Stream.concat(
              forms.build().map(tables -> new RolloutLowering(RandomModel.lowering(model), tables)),
              Stream.of(looped))
          .map(RolloutLowering::rollout)
          .toList();
    }
  }

  /**
   * ONNX Runtime moves a node to the CPU, kernel or not, if it reads what lies in host memory, as
   * shapes do, and its CUDA kernel would read it from the device: all but the shape of an Expand.
   */
  private static void assertThatShapesAreReadByExpandAlone(GraphProto graph) {
    Set<String> shapes =
        graph.getNodeList().stream()
            .filter(node -> node.getOpType().equals("Shape"))
            .map(node -> node.getOutput(0))
            .collect(Collectors.toSet());
    assertThat(shapes).hasSizeLessThanOrEqualTo(1);
    for (NodeProto node : graph.getNodeList()) {
      for (int index = 0; index < node.getInputCount(); index++) {
        if (shapes.contains(node.getInput(index))) {
          assertThat(node.getOpType() + " " + index).isEqualTo("Expand 1");
        }
      }
    }
  }

  private static Set<Use> uses(ModelProto model) {
    int opset = Math.toIntExact(model.getOpsetImport(0).getVersion());
    Set<Use> uses = new TreeSet<>();
    collect(model.getGraph(), opset, new HashMap<>(), uses);
    return uses;
  }

  private static void collect(
      GraphProto body, int opset, Map<String, String> types, Set<Use> uses) {
    body.getInputList()
        .forEach(
            input ->
                types.put(input.getName(), name(input.getType().getTensorType().getElemType())));
    body.getInitializerList().forEach(t -> types.put(t.getName(), name(t.getDataType())));
    for (NodeProto node : body.getNodeList()) {
      List<String> inputs =
          node.getInputList().stream()
              .map(name -> name.isEmpty() ? "bool" : Objects.requireNonNull(types.get(name)))
              .toList();
      if (node.getOpType().equals("Loop")) {
        GraphProto inside = node.getAttribute(0).getG();
        collect(inside, opset, types, uses);
        for (int index = 0; index < node.getOutputCount(); index++) {
          types.put(
              node.getOutput(index),
              Objects.requireNonNull(types.get(inside.getOutput(index + 1).getName())));
        }
        uses.add(new Use("Loop", opset, inputs, ""));
        continue;
      }
      String output = outputType(node, inputs);
      node.getOutputList().forEach(name -> types.put(name, output));
      uses.add(new Use(node.getOpType(), opset, inputs, output));
    }
    body.getOutputList()
        .forEach(
            output ->
                assertThat(types)
                    .containsEntry(
                        output.getName(), name(output.getType().getTensorType().getElemType())));
  }

  private static String outputType(NodeProto node, List<String> inputs) {
    return switch (node.getOpType()) {
      case "Cast" ->
          name(
              Math.toIntExact(
                  node.getAttributeList().stream()
                      .filter(attribute -> attribute.getName().equals("to"))
                      .findFirst()
                      .orElseThrow()
                      .getI()));
      case "Equal", "Less", "LessOrEqual" -> "bool";
      case "MatMulInteger" -> "int32";
      case "QuantizeLinear" -> inputs.get(2);
      case "Shape" -> "int64";
      case "Where" -> inputs.get(1);
      default -> inputs.get(0);
    };
  }

  private static String name(int type) {
    return Objects.requireNonNull(DataType.forNumber(type)).name().toLowerCase(Locale.ROOT);
  }

  private static List<Kernel> kernels() throws IOException {
    try (InputStream stream =
            Objects.requireNonNull(CudaKernelsTest.class.getResourceAsStream("cuda-kernels.csv"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return lines.lines().filter(line -> !line.startsWith("#")).map(Kernel::parse).toList();
    }
  }
}
