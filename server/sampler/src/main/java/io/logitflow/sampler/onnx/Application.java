package io.logitflow.sampler.onnx;

import io.logitflow.sampler.onnx.Attribute.Whole;
import java.util.List;
import java.util.Map;

/**
 * An operator with what it is applied to, before a node is made of it.
 *
 * @param inputs operands, in the operator's order
 * @param attributes attributes by name
 */
public record Application(List<Operand> inputs, Map<String, Attribute> attributes) {
  /** Copies both. */
  public Application {
    inputs = List.copyOf(inputs);
    attributes = Map.copyOf(attributes);
  }

  Operand input(int index) {
    return inputs.get(index);
  }

  Shape shape(int index) {
    return input(index).shape();
  }

  ElementType elementType(int index) {
    return input(index).type().elementType();
  }

  /** Returns an integer attribute that the operator requires, or that has a default. */
  long whole(String name, long absent) {
    return attributes.get(name) instanceof Whole whole ? whole.value() : absent;
  }

  /** Resolves an axis of the first input, counted from the end where negative. */
  int axis(long axis) {
    int rank = shape(0).rank();
    long resolved = axis < 0 ? axis + rank : axis;
    if (resolved < 0 || resolved >= rank) {
      throw new IllegalArgumentException("axis " + axis + " of " + input(0));
    }
    return (int) resolved;
  }

  /** Resolves an axis of the first input whose size must be known. */
  int fixedAxis(long axis) {
    int resolved = axis(axis);
    if (shape(0).size(resolved) < 0) {
      throw new IllegalArgumentException("axis " + axis + " of " + input(0) + " is the batch");
    }
    return resolved;
  }

  void requireElementType(int index, ElementType expected) {
    if (elementType(index) != expected) {
      throw new IllegalArgumentException("input " + input(index) + " is not " + expected);
    }
  }

  void requireRank(int index, int rank) {
    if (shape(index).rank() != rank) {
      throw new IllegalArgumentException("input " + input(index) + " is not of rank " + rank);
    }
  }
}
