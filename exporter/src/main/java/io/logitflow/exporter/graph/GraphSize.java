package io.logitflow.exporter.graph;

import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.schema.GraphProto;
import io.logitflow.sampler.onnx.schema.ModelProto;
import io.logitflow.sampler.onnx.schema.NodeProto;
import io.logitflow.sampler.onnx.schema.ValueInfoProto;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How much a graph is to run.
 *
 * @param nodes operators in the file
 * @param launches those among them that compute or move elements anew in each run: neither the ones
 *     that follow from constants alone, which ONNX Runtime computes once, nor the ones that only
 *     name or read a shape. On a GPU each is one launch of a kernel at least, unless the runtime
 *     fuses it with another one
 */
public record GraphSize(int nodes, int launches) {
  private static final Set<String> OF_SHAPES =
      Set.of(Operator.RESHAPE.onnxName(), Operator.SHAPE.onnxName());

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
    Set<String> computed = new HashSet<>();
    graph.getInputList().stream().map(ValueInfoProto::getName).forEach(computed::add);
    List<NodeProto> inEachRun =
        graph.getNodeList().stream()
            .filter(
                node ->
                    node.getInputList().stream().anyMatch(computed::contains)
                        && computed.addAll(node.getOutputList()))
            .toList();
    long launches =
        inEachRun.stream().filter(node -> !OF_SHAPES.contains(node.getOpType())).count();
    return new GraphSize(graph.getNodeCount(), Math.toIntExact(launches));
  }
}
