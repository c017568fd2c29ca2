package io.logitflow.exporter.graph;

import io.logitflow.exporter.onnx.AttributeProto;
import io.logitflow.exporter.onnx.AttributeProto.AttributeType;
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
    }
    return proto.setType(AttributeType.FLOAT).setF(((Real) this).value()).build();
  }
}
