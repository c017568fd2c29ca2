package io.logitflow.exporter.graph;

import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operand;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;
import io.logitflow.sampler.onnx.schema.GraphProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The body of a loop under construction: what it reads, the nodes, what it returns. */
final class LoopAssembly {
  private final Declarations declarations;
  private final GraphProto.Builder body;
  private final List<Value> inputs = new ArrayList<>();

  /**
   * Starts a body.
   *
   * @param graph the graph that the loop stands in
   * @param name the body's name
   * @param declarations describe what it reads and returns
   * @param initial what is carried into it first
   */
  LoopAssembly(GraphBuilder graph, String name, Declarations declarations, List<Value> initial) {
    this.declarations = declarations;
    body = GraphProto.newBuilder().setName(name);
    List<TensorType> types = new ArrayList<>();
    types.add(new TensorType(ElementType.INT64, Shape.of(1)));
    types.add(new TensorType(ElementType.BOOL, Shape.of()));
    initial.forEach(value -> types.add(value.type()));
    for (TensorType type : types) {
      String input = "loop.input" + inputs.size();
      inputs.add(new Value(graph, Operand.of(input, type)));
      body.addInput(declarations.of(input, type));
    }
  }

  /** Returns what takes the body's nodes. */
  GraphProto.Builder body() {
    return body;
  }

  /** Returns all that the body reads: the iteration, the condition, what is carried. */
  List<Value> inputs() {
    return List.copyOf(inputs);
  }

  /** Returns how often the body ran before. */
  Value iteration() {
    return inputs.get(0);
  }

  /** Returns what is carried into it. */
  List<Value> carried() {
    return List.copyOf(inputs.subList(2, inputs.size()));
  }

  /**
   * Finishes the body, which hands on the condition that it is given.
   *
   * @param results what it returns
   * @param computed names of the values that are computed in it
   * @return the body as an attribute of its node
   * @throws IllegalArgumentException if it returns others, or one twice
   */
  Attribute returning(LoopBody.Results results, Set<String> computed) {
    List<Value> returned = new ArrayList<>(results.carried());
    returned.addAll(results.stacked());
    Set<String> left = new HashSet<>(computed);
    for (Value value : returned) {
      if (!left.remove(value.name())) {
        throw new IllegalArgumentException(
            "Loop: " + value + " is not computed in the body, or returned twice");
      }
    }
    returned.add(0, inputs.get(1));
    returned.forEach(value -> body.addOutput(declarations.of(value.name(), value.type())));
    return new Attribute.Body(body.build(), types(inputs), types(returned));
  }

  private static List<TensorType> types(List<Value> values) {
    return values.stream().map(Value::type).toList();
  }
}
