package io.logitflow.sampler.onnx;

import io.logitflow.contract.Excerpt;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.onnx.schema.TensorShapeProto.Dimension;
import io.logitflow.sampler.onnx.schema.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The values whose types a file declares: what its graph, or the body of a loop, reads and returns.
 * All call the batch's size by one name.
 */
final class DeclaredValues {
  private final String file;
  private final Set<String> batchSymbols = new HashSet<>();

  /**
   * Starts without a name for the batch's size.
   *
   * @param file the model's name, for messages
   */
  DeclaredValues(String file) {
    this.file = file;
  }

  /**
   * Reads declarations.
   *
   * @param side what they are, such as {@code input}
   * @param values the declarations
   * @throws InvalidInputException if one is of no type in use
   */
  List<Operand> of(String side, List<ValueInfoProto> values) {
    List<Operand> declared = new ArrayList<>();
    for (ValueInfoProto value : values) {
      String subject = file + " " + side + " " + Excerpt.of(value.getName());
      List<Long> sizes = new ArrayList<>();
      for (Dimension dimension : value.getType().getTensorType().getShape().getDimList()) {
        sizes.add(sizeOf(subject, dimension));
      }
      try {
        ElementType elementType = ElementType.ofCode(value.getType().getTensorType().getElemType());
        declared.add(Operand.of(value.getName(), new TensorType(elementType, new Shape(sizes))));
      } catch (IllegalArgumentException e) {
        throw new InvalidInputException(
            subject, Excerpt.of(e.getMessage()), "a tensor of a type in use");
      }
    }
    return declared;
  }

  private long sizeOf(String subject, Dimension dimension) {
    if (dimension.getDimParam().equals(ModelInspection.BETAS_SYMBOL)) {
      return Shape.BETAS;
    }
    if (dimension.hasDimParam()) {
      batchSymbols.add(dimension.getDimParam());
      if (batchSymbols.size() == 1 && !dimension.getDimParam().isEmpty()) {
        return Shape.BATCH;
      }
      throw new InvalidInputException(
          subject,
          "an axis of size \"" + Excerpt.of(dimension.getDimParam()) + "\"",
          "one name for the batch's size everywhere");
    }
    if (dimension.getDimValue() < 1) {
      throw new InvalidInputException(
          subject, "an axis of size " + dimension.getDimValue(), "at least 1");
    }
    return dimension.getDimValue();
  }
}
