package io.logitflow.sampler.onnx;

import io.logitflow.sampler.onnx.Attribute.Body;
import io.logitflow.sampler.onnx.Attribute.Real;
import io.logitflow.sampler.onnx.Attribute.Whole;
import io.logitflow.sampler.onnx.Attribute.Wholes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The ONNX operators in use: how many operands each takes, which attributes, in which versions of
 * the operator set that holds, and what comes out. The definitions are narrower than ONNX's: types
 * and forms that no graph of ours needs are refused. It is the list of what a bundle may hold: the
 * exporter builds of these alone, and {@link ModelInspection} refuses a file with any other. So a
 * rule must be true of every file that passes it, not only of ours; integers are never divided,
 * since a division by 0 would end the process.
 */
// The rules are method references without state, the lists are copies.
@SuppressWarnings("ImmutableEnumChecker")
public enum Operator {
  /** a + b, broadcast. */
  ADD("Add", 2, 2, Opsets.from(14), TypeRules::arithmetic),
  /** One type of element into another; {@code to} is {@link ElementType#code}. */
  CAST("Cast", 1, 1, Opsets.from(13), TypeRules::cast, required("to", Whole.class)),
  /** Into the range [second, third operand], which are scalars. */
  CLIP("Clip", 3, 3, Opsets.from(13), TypeRules::clip),
  /** Joins along {@code axis}. */
  CONCAT(
      "Concat",
      1,
      Integer.MAX_VALUE,
      Opsets.from(13),
      TypeRules::concat,
      required("axis", Whole.class)),
  /** Running sums along the axis in the second operand, each including its own place. */
  CUM_SUM("CumSum", 2, 2, Opsets.from(14), TypeRules::cumSum),
  /** a / b, broadcast. */
  DIV("Div", 2, 2, Opsets.from(14), TypeRules::division),
  /** Whether a = b, broadcast. */
  EQUAL("Equal", 2, 2, Opsets.from(13), TypeRules::comparison),
  /** e to the operand. */
  EXP("Exp", 1, 1, Opsets.from(13), TypeRules::unary),
  /** Repeats the first operand until it has the shape that the second one names. */
  EXPAND("Expand", 2, 2, Opsets.from(13), TypeRules::expand),
  /**
   * The slices along {@code axis}, 0 without it, that the second operand, of any shape, numbers.
   */
  GATHER("Gather", 2, 2, Opsets.from(13), TypeRules::gather, optional("axis", Whole.class)),
  /** Of each place of the second operand, the element that it numbers along {@code axis}. */
  GATHER_ELEMENTS(
      "GatherElements",
      2,
      2,
      Opsets.from(13),
      TypeRules::gatherElements,
      required("axis", Whole.class)),
  /** A · B + C of matrices; C, if given, broadcasts to the product; B transposed if asked for. */
  GEMM("Gemm", 2, 3, Opsets.from(13), TypeRules::gemm, optional("transB", Whole.class)),
  /** x where positive, else {@code alpha} · x. */
  LEAKY_RELU("LeakyRelu", 1, 1, Opsets.from(16), TypeRules::unary, required("alpha", Real.class)),
  /** Whether a < b, broadcast. */
  LESS("Less", 2, 2, Opsets.from(13), TypeRules::comparison),
  /** Whether a ≤ b, broadcast. */
  LESS_OR_EQUAL("LessOrEqual", 2, 2, Opsets.from(16), TypeRules::comparison),
  /** Natural logarithm. */
  LOG("Log", 1, 1, Opsets.from(13), TypeRules::unary),
  /** The logarithm of the softmax along {@code axis}. */
  LOG_SOFTMAX("LogSoftmax", 1, 1, Opsets.from(13), TypeRules::unary, required("axis", Whole.class)),
  /**
   * Runs {@code body} as often as the first operand says, a constant; ONNX's second one, a
   * condition, is left out here and absent in a file. The others are carried: the body reads the
   * number of times that it ran before, a truth value, which it hands on, and what is carried; it
   * returns these, of the types that they came in, and what is to be stacked along a new first
   * axis.
   */
  LOOP(
      "Loop", 1, Integer.MAX_VALUE, Opsets.from(13), TypeRules::loop, required("body", Body.class)),
  /** A stack of matrices times one matrix, of binary32 or of binary16. */
  MATMUL("MatMul", 2, 2, Opsets.from(13), TypeRules::matMul),
  /**
   * A stack of matrices of unsigned bytes, each less the zero point in the third operand, times one
   * matrix of signed bytes: sums of 32 bits.
   */
  MATMUL_INTEGER("MatMulInteger", 3, 3, Opsets.from(10), TypeRules::matMulInteger),
  /** The larger of a and b, broadcast. */
  MAX("Max", 2, 2, Opsets.from(13), TypeRules::arithmetic),
  /** a · b, broadcast. */
  MUL("Mul", 2, 2, Opsets.from(14), TypeRules::arithmetic),
  /**
   * The nearest whole number to x / scale, plus a zero point, within the range of unsigned bytes;
   * the second and the third operand are scalars.
   */
  QUANTIZE_LINEAR("QuantizeLinear", 3, 3, Opsets.from(13), TypeRules::quantize),
  /** The largest along {@code axes}, an attribute up to operator set 17. */
  REDUCE_MAX(
      "ReduceMax",
      1,
      1,
      new Opsets(13, 17),
      TypeRules::reduceMax,
      required("axes", Wholes.class),
      required("keepdims", Whole.class)),
  /** The product along {@code axes}, an attribute up to operator set 17. */
  REDUCE_PROD(
      "ReduceProd",
      1,
      1,
      new Opsets(13, 17),
      TypeRules::reduceMax,
      required("axes", Wholes.class),
      required("keepdims", Whole.class)),
  /** The sum along the axes in the second operand. */
  REDUCE_SUM(
      "ReduceSum", 2, 2, Opsets.from(13), TypeRules::reduceSum, required("keepdims", Whole.class)),
  /**
   * The same elements in the shape in the second operand, where -1 stands for what is left: of a
   * batch perhaps several rows for each of before, or one of several.
   */
  RESHAPE("Reshape", 2, 2, Opsets.from(14), TypeRules::reshape),
  /** The sizes of the operand's axes. */
  SHAPE("Shape", 1, 1, Opsets.from(15), TypeRules::shape),
  /** From starts (2nd operand) to ends (3rd, exclusive) along axes (4th). */
  SLICE("Slice", 4, 4, Opsets.from(13), TypeRules::slice),
  /** log(1 + e^x). */
  SOFTPLUS("Softplus", 1, 1, Opsets.from(1), TypeRules::unary),
  /** Parts along {@code axis} of the sizes in the second operand. */
  SPLIT("Split", 2, 2, Opsets.from(13), TypeRules::split, required("axis", Whole.class)),
  /** a − b, broadcast. */
  SUB("Sub", 2, 2, Opsets.from(14), TypeRules::arithmetic),
  /**
   * The largest elements along {@code axis}, as many as the second operand says, in falling order;
   * then their places.
   */
  TOP_K("TopK", 2, 2, Opsets.from(11), TypeRules::topK, required("axis", Whole.class)),
  /** The axes in the order of {@code perm}. */
  TRANSPOSE(
      "Transpose", 1, 1, Opsets.from(13), TypeRules::transpose, required("perm", Wholes.class)),
  /** The second operand where the first is true, else the third; broadcast. */
  WHERE("Where", 3, 3, Opsets.from(16), TypeRules::where);

  private static final Map<String, Operator> BY_NAME =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(Operator::onnxName, Function.identity()));

  private final String onnxName;
  private final int fewestInputs;
  private final int mostInputs;
  private final Opsets opsets;
  private final TypeRule rule;
  private final List<AttributeRule> attributeRules;

  Operator(
      String onnxName,
      int fewestInputs,
      int mostInputs,
      Opsets opsets,
      TypeRule rule,
      AttributeRule... attributeRules) {
    this.onnxName = onnxName;
    this.fewestInputs = fewestInputs;
    this.mostInputs = mostInputs;
    this.opsets = opsets;
    this.rule = rule;
    this.attributeRules = List.of(attributeRules);
  }

  /** Returns the operator's name in ONNX. */
  public String onnxName() {
    return onnxName;
  }

  /**
   * Returns whether the definition here is the one of a version of the operator set.
   *
   * @param opset the version
   */
  public boolean holdsIn(int opset) {
    return opset >= opsets.first() && opset <= opsets.last();
  }

  /**
   * Finds the operator of a name in ONNX.
   *
   * @param onnxName the name
   */
  public static Optional<Operator> named(String onnxName) {
    return Optional.ofNullable(BY_NAME.get(onnxName));
  }

  /**
   * Returns the elements of the one result where they are the sizes of an operand, so that a later
   * operand may be a shape; else nothing.
   *
   * @param application an application that {@link #infer} took
   */
  public Optional<List<Long>> measure(Application application) {
    return this == SHAPE ? Optional.of(application.shape(0).sizes()) : Optional.empty();
  }

  /**
   * Checks an application and infers the types of its results.
   *
   * @param application operands and attributes
   * @throws IllegalArgumentException if it does not fit the operator; the message names it
   */
  public List<TensorType> infer(Application application) {
    try {
      checkArity(application.inputs().size());
      checkAttributes(application.attributes());
      return rule.infer(application);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(onnxName + ": " + e.getMessage(), e);
    }
  }

  private void checkArity(int inputs) {
    if (inputs < fewestInputs || inputs > mostInputs) {
      String expected =
          fewestInputs == mostInputs
              ? Integer.toString(fewestInputs)
              : fewestInputs + (mostInputs == Integer.MAX_VALUE ? " or more" : " to " + mostInputs);
      throw new IllegalArgumentException(inputs + " inputs, expected " + expected);
    }
  }

  private void checkAttributes(Map<String, Attribute> attributes) {
    for (AttributeRule attributeRule : attributeRules) {
      Attribute attribute = attributes.get(attributeRule.name());
      boolean absent = attribute == null && !attributeRule.required();
      if (!absent && !attributeRule.kind().isInstance(attribute)) {
        throw new IllegalArgumentException(
            "attribute "
                + attributeRule.name()
                + " is "
                + (attribute == null ? "missing" : attribute)
                + ", expected "
                + attributeRule.kind().getSimpleName());
      }
    }
    for (String name : attributes.keySet()) {
      if (attributeRules.stream().noneMatch(known -> known.name().equals(name))) {
        throw new IllegalArgumentException("attribute " + name + " is unknown");
      }
    }
  }

  private static AttributeRule required(String name, Class<? extends Attribute> kind) {
    return new AttributeRule(name, kind, true);
  }

  private static AttributeRule optional(String name, Class<? extends Attribute> kind) {
    return new AttributeRule(name, kind, false);
  }

  private record AttributeRule(String name, Class<? extends Attribute> kind, boolean required) {}

  private record Opsets(int first, int last) {
    static Opsets from(int first) {
      return new Opsets(first, 21);
    }
  }

  /** What an operator makes of its inputs. */
  @FunctionalInterface
  interface TypeRule {
    List<TensorType> infer(Application application);
  }
}
