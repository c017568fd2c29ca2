package io.logitflow.exporter.graph;

import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.schema.GraphProto;
import io.logitflow.sampler.onnx.schema.ModelProto;
import io.logitflow.sampler.onnx.schema.NodeProto;
import io.logitflow.sampler.onnx.schema.TensorProto;
import io.logitflow.sampler.onnx.schema.ValueInfoProto;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How much a graph is to run.
 *
 * @param nodes operators in the file, those in the body of a loop once
 * @param launches those among them that compute or move elements anew in each run, in the body of a
 *     loop as often as it runs: neither the ones that follow from constants alone, which ONNX
 *     Runtime computes once, nor the ones that only name or read a shape, nor a loop itself. On a
 *     GPU each is one launch of a kernel at least, unless the runtime fuses it with another one
 */
public record GraphSize(int nodes, int launches) {
  private static final Set<String> WITHOUT_KERNEL =
      Set.of(Operator.RESHAPE.onnxName(), Operator.SHAPE.onnxName(), Operator.LOOP.onnxName());

  /**
   * Counts the operators of a file.
   *
   * @param file an ONNX model, its nodes in the order in which they can run
   */
  public static GraphSize of(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      return of(ModelProto.parseFrom(stream).getGraph());
    }
  }

  private static GraphSize of(GraphProto graph) {
    return of(graph, constants(graph), new HashSet<>());
  }

  private static GraphSize of(GraphProto graph, Map<String, Long> constants, Set<String> computed) {
    graph.getInputList().stream().map(ValueInfoProto::getName).forEach(computed::add);
    int nodes = 0;
    long launches = 0;
    for (NodeProto node : graph.getNodeList()) {
      nodes++;
      boolean inEachRun = node.getInputList().stream().anyMatch(computed::contains);
      if (node.getOpType().equals(Operator.LOOP.onnxName())) {
        GraphSize body = of(node.getAttribute(0).getG(), constants, new HashSet<>(computed));
        nodes += body.nodes();
        launches +=
            Objects.requireNonNull(constants.get(node.getInput(0))) * (long) body.launches();
      }
      if (inEachRun) {
        computed.addAll(node.getOutputList());
        launches += WITHOUT_KERNEL.contains(node.getOpType()) ? 0 : 1;
      }
    }
    return new GraphSize(nodes, Math.toIntExact(launches));
  }

  /** Returns the constants that are one integer, as the number of times of a loop is. */
  private static Map<String, Long> constants(GraphProto graph) {
    return graph.getInitializerList().stream()
        .filter(tensor -> tensor.getDataType() == ElementType.INT64.code())
        .filter(tensor -> tensor.getRawData().size() == Long.BYTES)
        .collect(
            Collectors.toMap(
                TensorProto::getName,
                tensor ->
                    tensor
                        .getRawData()
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getLong()));
  }
}
