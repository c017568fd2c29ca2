package io.logitflow.sampler.onnx;

import io.logitflow.sampler.onnx.schema.AttributeProto;
import io.logitflow.sampler.onnx.schema.AttributeProto.AttributeType;
import io.logitflow.sampler.onnx.schema.GraphProto;
import java.util.List;

/** The value of a node's attribute. */
public sealed interface Attribute {
  /**
   * One integer.
   *
   * @param value the integer
   */
  record Whole(long value) implements Attribute {}

  /**
   * Several integers.
   *
   * @param values the integers
   */
  record Wholes(List<Long> values) implements Attribute {
    /** Copies the integers. */
    public Wholes {
      values = List.copyOf(values);
    }
  }

  /**
   * One number.
   *
   * @param value the number
   */
  record Real(float value) implements Attribute {}

  /**
   * A graph that the node runs, whose values are found by who makes the attribute.
   *
   * @param proto the graph
   * @param inputs types of its inputs, in order
   * @param outputs types of its outputs, in order
   */
  record Body(GraphProto proto, List<TensorType> inputs, List<TensorType> outputs)
      implements Attribute {
    /** Copies the types. */
    public Body {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * Reads an attribute in ONNX's form.
   *
   * @param proto the attribute, a number or numbers
   * @throws IllegalArgumentException if its type is none of those, or its value is missing
   */
  static Attribute ofProto(AttributeProto proto) {
    if (proto.hasG()) {
      throw new IllegalArgumentException("attribute " + proto.getName() + " is a graph");
    } else if (proto.getType() == AttributeType.INT && proto.hasI()) {
      return new Whole(proto.getI());
    } else if (proto.getType() == AttributeType.INTS) {
      return new Wholes(proto.getIntsList());
    } else if (proto.getType() == AttributeType.FLOAT && proto.hasF()) {
      return new Real(proto.getF());
    }
    throw new IllegalArgumentException(
        "attribute " + proto.getName() + " of type " + proto.getType() + " without a value in use");
  }

  /**
   * Returns the attribute in ONNX's form.
   *
   * @param name its name
   */
  default AttributeProto toProto(String name) {
    AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name);
    if (this instanceof Whole whole) {
      return proto.setType(AttributeType.INT).setI(whole.value()).build();
    } else if (this instanceof Wholes wholes) {
      return proto.setType(AttributeType.INTS).addAllInts(wholes.values()).build();
    } else if (this instanceof Body body) {
      return proto.setType(AttributeType.GRAPH).setG(body.proto()).build();
    }
    return proto.setType(AttributeType.FLOAT).setF(((Real) this).value()).build();
  }
}
