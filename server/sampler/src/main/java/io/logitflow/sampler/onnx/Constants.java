package io.logitflow.sampler.onnx;

import io.logitflow.contract.Excerpt;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.onnx.schema.StringStringEntryProto;
import io.logitflow.sampler.onnx.schema.TensorProto;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules of a model's constants: each lies in the file itself, and is exactly as long as its
 * shape says.
 */
final class Constants {
  private final String file;

  /**
   * Creates the rules.
   *
   * @param file the model's name, for messages
   */
  Constants(String file) {
    this.file = file;
  }

  /**
   * Checks a constant.
   *
   * @param tensor the constant, its elements left out where they are many
   * @param dataSize the bytes that they have in the file, -1 for none
   * @return what is known of it, with its elements if it is a small list of 64-bit integers
   * @throws InvalidInputException if it breaks a rule
   */
  Operand check(TensorProto tensor, long dataSize) {
    String subject = file + " constant " + Excerpt.of(tensor.getName());
    if (tensor.getDataLocation() != 0 || tensor.getExternalDataCount() > 0) {
      throw new InvalidInputException(
          subject, "external data" + location(tensor), "elements in the model's own file");
    }
    TensorType type = type(subject, tensor);
    long expected = bytes(subject, type);
    if (dataSize != expected) {
      throw new InvalidInputException(
          subject,
          dataSize < 0 ? "no raw_data" : dataSize + " bytes",
          expected + ", as " + type + " takes");
    }
    boolean isList = type.elementType() == ElementType.INT64 && type.shape().rank() == 1;
    if (!isList || tensor.getRawData().size() != dataSize) {
      return Operand.of(tensor.getName(), type);
    }
    LongBuffer elements =
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    List<Long> integers = new ArrayList<>();
    while (elements.hasRemaining()) {
      integers.add(elements.get());
    }
    return Operand.constant(tensor.getName(), type, integers);
  }

  private static TensorType type(String subject, TensorProto tensor) {
    if (tensor.getDimsCount() > ModelBounds.MOST_AXES) {
      throw new InvalidInputException(
          subject, tensor.getDimsCount() + " axes", "at most " + ModelBounds.MOST_AXES);
    }
    for (long size : tensor.getDimsList()) {
      if (size < 1) {
        throw new InvalidInputException(subject, "an axis of size " + size, "at least 1");
      }
    }
    try {
      ElementType elementType = ElementType.ofCode(tensor.getDataType());
      // A byte that is neither 0 nor 1 is no truth value, and nobody says what it does.
      if (elementType != ElementType.BOOL) {
        return new TensorType(elementType, new Shape(tensor.getDimsList()));
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw new InvalidInputException(
        subject, "elements of type " + tensor.getDataType(), "a type of numbers in use");
  }

  private static long bytes(String subject, TensorType type) {
    try {
      return type.bytes();
    } catch (ArithmeticException e) {
      throw new InvalidInputException(
          subject, type, "a shape whose elements can be counted in 64 bits");
    }
  }

  private static String location(TensorProto tensor) {
    return tensor.getExternalDataList().stream()
        .filter(entry -> entry.getKey().equals("location"))
        .map(StringStringEntryProto::getValue)
        .map(path -> " in " + Excerpt.of(path))
        .findFirst()
        .orElse("");
  }
}
