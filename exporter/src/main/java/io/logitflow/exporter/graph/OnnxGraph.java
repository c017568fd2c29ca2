package io.logitflow.exporter.graph;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * A finished graph in ONNX's file format.
 *
 * @param inputs what it reads, in order
 * @param outputs what it computes, in order
 * @param nodeCount number of operators
 * @param file contents of the {@code .onnx} file
 */
public record OnnxGraph(
    List<Signature> inputs, List<Signature> outputs, int nodeCount, ByteString file) {
  /** Copies the lists. */
  public OnnxGraph {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
