package io.logitflow.sampler.onnx;

import io.logitflow.contract.Excerpt;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.onnx.schema.AttributeProto;
import io.logitflow.sampler.onnx.schema.AttributeProto.AttributeType;
import io.logitflow.sampler.onnx.schema.GraphProto;
import io.logitflow.sampler.onnx.schema.NodeProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * A Loop of a file, in the one form that LogitFlow writes: without a condition of its own, and with
 * a body that hands on the one it is given, so that nothing but the number of times ends it.
 *
 * @param operands names of the number of times and of what is carried
 * @param body its body, with the types that this declares
 * @param inputs what the body reads
 * @param computed what it returns beside the condition
 */
record LoopNode(
    List<String> operands, Attribute.Body body, List<Operand> inputs, List<Operand> computed) {
  /**
   * Reads a node.
   *
   * @param subject the node, for messages
   * @param node the node
   * @param declared reads what the body declares
   * @throws InvalidInputException if it has another form
   */
  static LoopNode of(String subject, NodeProto node, DeclaredValues declared) {
    List<String> operands = new ArrayList<>(node.getInputList());
    if (operands.size() < 2 || !operands.remove(1).isEmpty()) {
      throw new InvalidInputException(
          subject,
          node.getInputCount() < 2
              ? node.getInputCount() + " inputs"
              : "condition \"" + Excerpt.of(node.getInput(1)) + "\"",
          "a number of times and no condition");
    }
    GraphProto graph = bodyOf(subject, node);
    List<Operand> inputs = declared.of("loop input", graph.getInputList());
    List<Operand> outputs = declared.of("loop output", graph.getOutputList());
    if (inputs.size() < 2
        || outputs.isEmpty()
        || !outputs.get(0).name().equals(inputs.get(1).name())) {
      throw new InvalidInputException(
          subject,
          outputs.isEmpty()
              ? "a body without outputs"
              : "the condition \"" + Excerpt.of(outputs.get(0).name()) + "\", returned by its body",
          "the second input of the body");
    }
    List<Operand> computed = outputs.subList(1, outputs.size());
    if (new HashSet<>(computed.stream().map(Operand::name).toList()).size() != computed.size()) {
      throw new InvalidInputException(
          subject, "a body that returns a value twice", "each of its outputs once");
    }
    return new LoopNode(
        List.copyOf(operands),
        new Attribute.Body(graph, types(inputs), types(outputs)),
        inputs,
        computed);
  }

  private static GraphProto bodyOf(String subject, NodeProto node) {
    if (node.getAttributeCount() == 1) {
      AttributeProto attribute = node.getAttribute(0);
      if (attribute.getName().equals("body")
          && attribute.getType() == AttributeType.GRAPH
          && attribute.hasG()) {
        return attribute.getG();
      }
    }
    throw new InvalidInputException(
        subject, node.getAttributeCount() + " attributes", "a graph as its body and no other");
  }

  private static List<TensorType> types(List<Operand> values) {
    return values.stream().map(Operand::type).toList();
  }
}
