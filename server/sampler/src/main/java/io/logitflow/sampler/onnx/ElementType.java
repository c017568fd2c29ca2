package io.logitflow.sampler.onnx;

import io.logitflow.sampler.onnx.schema.TensorProto.DataType;

/** The type of a tensor's elements, among those that LogitFlow's graphs use. */
public enum ElementType {
  /** IEEE 754 binary32. */
  FLOAT32(DataType.FLOAT, 4),
  /** IEEE 754 binary16. */
  FLOAT16(DataType.FLOAT16, 2),
  /** Signed 8-bit integer. */
  INT8(DataType.INT8, 1),
  /** Unsigned 8-bit integer. */
  UINT8(DataType.UINT8, 1),
  /** Signed 16-bit integer. */
  INT16(DataType.INT16, 2),
  /** Signed 32-bit integer. */
  INT32(DataType.INT32, 4),
  /** Signed 64-bit integer. */
  INT64(DataType.INT64, 8),
  /** Truth value, one byte. */
  BOOL(DataType.BOOL, 1);

  private final DataType dataType;
  private final int width;

  ElementType(DataType dataType, int width) {
    this.dataType = dataType;
    this.width = width;
  }

  /** Returns ONNX's number for the type. */
  public int code() {
    return dataType.getNumber();
  }

  /** Returns the bytes of one element. */
  public int width() {
    return width;
  }

  /**
   * Finds a type by ONNX's number for it.
   *
   * @param code the number
   * @throws IllegalArgumentException if it is not among the types in use
   */
  public static ElementType ofCode(long code) {
    for (ElementType type : values()) {
      if (type.code() == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("no element type has the code " + code);
  }
}
