package io.logitflow.sampler.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.onnx.schema.GraphProto;
import io.logitflow.sampler.onnx.schema.ModelProto;
import io.logitflow.sampler.onnx.schema.TensorProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A model without the elements of its large constants: all that a file has to say of a graph, read
 * in one pass and in bounded memory. Every byte of the file belongs to a field of the subset of
 * ONNX's schema, or the file is refused: what no rule looks at cannot mean anything.
 *
 * @param model the model; a constant of more than a few kilobytes has no {@code raw_data}
 * @param dataSizes the bytes that each initializer has in the file, in their order; -1 for none
 */
record ModelSkeleton(ModelProto model, List<Long> dataSizes) {
  /** Parts of ONNX's schema that a reader of a refusal may know, by message and number. */
  private static final Map<String, String> FOREIGN =
      Map.ofEntries(
          Map.entry("ModelProto 20", "training_info"),
          Map.entry("ModelProto 25", "functions"),
          Map.entry("GraphProto 13", "value_info"),
          Map.entry("GraphProto 15", "sparse_initializer"),
          Map.entry("AttributeProto 4", "a text"),
          Map.entry("AttributeProto 5", "a tensor"),
          Map.entry("AttributeProto 11", "graphs"),
          Map.entry("AttributeProto 21", "a reference"),
          Map.entry("TensorProto 4", "float_data"),
          Map.entry("TensorProto 5", "int32_data"),
          Map.entry("TensorProto 7", "int64_data"));

  /** Copies the list. */
  ModelSkeleton {
    dataSizes = List.copyOf(dataSizes);
  }

  /**
   * Reads a model.
   *
   * @param file its name, for messages
   * @param input its bytes
   * @throws InvalidInputException if it is no model of the subset, or larger than {@link
   *     ModelBounds} says
   * @throws IOException if the bytes cannot be read
   */
  static ModelSkeleton read(String file, InputStream input) throws IOException {
    Reader reader = new Reader(file, input);
    try {
      ModelProto model = ModelProto.parseFrom(reader.copy(ModelProto.getDescriptor()));
      return new ModelSkeleton(model, reader.dataSizes);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(file, "bytes that are no message", "an ONNX model");
    }
  }

  private static final class Reader {
    private static final int BUFFER = 1 << 16;
    private static final int SMALL_BUFFER = 64;
    private static final long NONE = -1;

    private final String file;
    private final CodedInputStream in;
    private final List<Long> dataSizes = new ArrayList<>();
    private long dataSize = NONE;
    private long structure;
    private long fields;
    private int depth;

    Reader(String file, InputStream input) {
      this.file = file;
      this.in = CodedInputStream.newInstance(input, BUFFER);
    }

    /** Copies the message that is read up to the limit, but for the elements of constants. */
    byte[] copy(Descriptor type) throws IOException {
      boolean isGraph = type == GraphProto.getDescriptor();
      depth += isGraph ? 1 : 0;
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes, SMALL_BUFFER);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        FieldDescriptor field = fieldOf(type, tag);
        count(1, 0);
        switch (WireFormat.getTagWireType(tag)) {
          case WireFormat.WIRETYPE_VARINT ->
              out.writeUInt64(field.getNumber(), in.readRawVarint64());
          case WireFormat.WIRETYPE_FIXED32 ->
              out.writeFixed32(field.getNumber(), in.readRawLittleEndian32());
          default -> copyDelimited(field, out);
        }
      }
      out.flush();
      depth -= isGraph ? 1 : 0;
      if (type == TensorProto.getDescriptor()) {
        dataSizes.add(dataSize);
        dataSize = NONE;
      }
      return bytes.toByteArray();
    }

    private void copyDelimited(FieldDescriptor field, CodedOutputStream out) throws IOException {
      int length = in.readRawVarint32();
      int outer = in.pushLimit(length);
      if (field.getJavaType() == JavaType.MESSAGE) {
        out.writeByteArray(field.getNumber(), copy(field.getMessageType()));
      } else if (field.getJavaType() == JavaType.BYTE_STRING) {
        copyElements(field, length, out);
      } else {
        // Packed numbers take a byte each or more.
        count(field.isPackable() ? length : 0, length);
        out.writeByteArray(field.getNumber(), in.readRawBytes(length));
      }
      if (in.getBytesUntilLimit() != 0) {
        throw new InvalidProtocolBufferException("the file ends inside a message");
      }
      in.popLimit(outer);
    }

    private void copyElements(FieldDescriptor field, int length, CodedOutputStream out)
        throws IOException {
      if (dataSize != NONE) {
        throw refusal("raw_data twice", "it once");
      }
      dataSize = length;
      if (length > ModelBounds.LARGEST_READ_CONSTANT) {
        in.skipRawBytes(length);
      } else {
        count(0, length);
        out.writeByteArray(field.getNumber(), in.readRawBytes(length));
      }
    }

    private FieldDescriptor fieldOf(Descriptor type, int tag) throws IOException {
      int number = WireFormat.getTagFieldNumber(tag);
      FieldDescriptor field = type.findFieldByNumber(number);
      if (field == null) {
        String name = FOREIGN.get(type.getName() + " " + number);
        throw refusal(
            "field " + number + (name == null ? "" : " (" + name + ")") + " in " + type.getName(),
            "the fields of ONNX that LogitFlow writes");
      }
      if (depth > 1 && field.getJavaType() == JavaType.MESSAGE) {
        requireInBody(field);
      }
      int wireType = WireFormat.getTagWireType(tag);
      boolean packed = field.isPackable() && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if (wireType != field.getLiteType().getWireType() && !packed) {
        throw new InvalidProtocolBufferException("a field of another type");
      }
      return field;
    }

    /** Keeps bodies of loops from nesting, and constants in one list. */
    private void requireInBody(FieldDescriptor field) {
      if (field.getMessageType() == GraphProto.getDescriptor()) {
        throw refusal("a graph inside the body of a loop", "nodes of ONNX's own domain");
      }
      if (field.getMessageType() == TensorProto.getDescriptor()) {
        throw refusal("a constant in the body of a loop", "all constants in the graph around it");
      }
    }

    private void count(int moreFields, int moreBytes) {
      fields += moreFields;
      structure += moreBytes;
      if (fields > ModelBounds.MOST_FIELDS) {
        throw refusal(
            "more than " + ModelBounds.MOST_FIELDS + " fields", "a graph of fewer and larger ones");
      }
      if (structure > ModelBounds.LARGEST_STRUCTURE) {
        throw refusal(
            "more than " + ModelBounds.LARGEST_STRUCTURE + " bytes beside constants", "fewer");
      }
    }

    private InvalidInputException refusal(String found, String expected) {
      return new InvalidInputException(file, found, expected);
    }
  }
}
