package io.logitflow.sampler.onnx;

import io.logitflow.contract.Excerpt;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.onnx.schema.GraphProto;
import io.logitflow.sampler.onnx.schema.ModelProto;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Whether a file is a model that LogitFlow could have written, and one whose runs stay within
 * {@link ModelBounds}. ONNX Runtime reads far more than that; what it is handed has passed here.
 * Stops at the first fault: a hostile file may have any number of them.
 */
public final class ModelInspection {
  /** The oldest version of ONNX's operator set that is read, the one that is written. */
  public static final int OLDEST_OPSET = 17;

  /** The newest version of ONNX's operator set that is read. */
  public static final int NEWEST_OPSET = 21;

  /** The oldest version of ONNX's file format that is read, the one that is written. */
  public static final int OLDEST_IR_VERSION = 8;

  /** The newest version of ONNX's file format that is read, that of the newest operator set. */
  public static final int NEWEST_IR_VERSION = 10;

  /** Name of the size of a run's distinct inverse temperatures. */
  public static final String BETAS_SYMBOL = "G";

  private final String file;

  private ModelInspection(String file) {
    this.file = file;
  }

  /**
   * Inspects a model. Takes at most 256 MiB, however long the file is.
   *
   * @param file its name, for messages
   * @param input its bytes, read to their end
   * @param inputs the inputs that the graph must have, in any order
   * @param outputs the outputs that it must have, likewise
   * @return what it is made of
   * @throws InvalidInputException if the model breaks a rule
   * @throws IOException if the bytes cannot be read
   */
  public static GraphSummary inspect(
      String file, InputStream input, List<Operand> inputs, List<Operand> outputs)
      throws IOException {
    ModelSkeleton skeleton = ModelSkeleton.read(file, input);
    return new ModelInspection(file).inspect(skeleton, inputs, outputs);
  }

  private GraphSummary inspect(
      ModelSkeleton skeleton, List<Operand> inputs, List<Operand> outputs) {
    GraphProto graph = skeleton.model().getGraph();
    DeclaredValues declared = new DeclaredValues(file);
    GraphTypes types = new GraphTypes(file, versionOf(skeleton.model()), declared);
    List<Operand> foundInputs = declared.of("input", graph.getInputList());
    List<Operand> foundOutputs = declared.of("output", graph.getOutputList());
    requireSame("inputs", foundInputs, inputs);
    requireSame("outputs", foundOutputs, outputs);
    Constants constants = new Constants(file);
    for (int index = 0; index < graph.getInitializerCount(); index++) {
      types.addConstant(
          constants.check(graph.getInitializer(index), skeleton.dataSizes().get(index)));
    }
    foundInputs.forEach(types::addInput);
    types.addNodes(graph);
    for (Operand output : foundOutputs) {
      requireComputed(output, types);
    }
    return types.summary();
  }

  private int versionOf(ModelProto model) {
    long version = model.getIrVersion();
    if (version < OLDEST_IR_VERSION || version > NEWEST_IR_VERSION) {
      throw new InvalidInputException(
          file + " ir_version", version, OLDEST_IR_VERSION + " to " + NEWEST_IR_VERSION);
    }
    if (model.getOpsetImportCount() != 1 || !model.getOpsetImport(0).getDomain().isEmpty()) {
      String domains =
          model.getOpsetImportList().stream()
              .limit(3)
              .map(set -> "\"" + set.getDomain() + "\"")
              .toList()
              .toString();
      throw new InvalidInputException(
          file + " opset_import",
          model.getOpsetImportCount() + " operator sets, of " + Excerpt.of(domains),
          "one, of ONNX's own domain");
    }
    long opset = model.getOpsetImport(0).getVersion();
    if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
      throw new InvalidInputException(
          file + " opset_import", opset, OLDEST_OPSET + " to " + NEWEST_OPSET);
    }
    return (int) opset;
  }

  private void requireSame(String side, List<Operand> found, List<Operand> expected) {
    if (!sorted(found).equals(sorted(expected))) {
      throw new InvalidInputException(
          file + " " + side, Excerpt.of(text(found)), text(expected) + ", as the manifest says");
    }
  }

  private void requireComputed(Operand output, GraphTypes types) {
    TensorType computed = types.find(output.name()).map(Operand::type).orElse(null);
    if (!output.type().equals(computed)) {
      throw new InvalidInputException(
          file + " output " + Excerpt.of(output.name()),
          computed == null ? "no node that computes it" : computed.toString(),
          output.type() + ", as it is declared");
    }
  }

  private static List<String> sorted(List<Operand> values) {
    return values.stream().map(Operand::toString).sorted().toList();
  }

  private static String text(List<Operand> values) {
    return values.isEmpty() ? "none" : String.join(", ", sorted(values));
  }
}
