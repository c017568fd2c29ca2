package io.logitflow.trainer.reward;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.config.RewardConfig.Encoding;
import io.logitflow.trainer.environment.ObjectText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The element types with which a model of the user's takes objects and gives scores.
 *
 * @param objects of the input that takes objects
 * @param lengths of the input that takes lengths, or null if there is none
 * @param scores of the output
 */
record OnnxSignature(OnnxJavaType objects, @Nullable OnnxJavaType lengths, OnnxJavaType scores) {
  private static final Set<OnnxJavaType> INTEGERS = Set.of(OnnxJavaType.INT64, OnnxJavaType.INT32);

  /**
   * Checks that a model has the inputs and the output that its config declares.
   *
   * @param subject the model's file, for messages
   * @param session the model
   * @param config the declaration
   * @param width S
   * @param vocabulary V
   * @throws InvalidInputException with all that differs
   * @throws OrtException if ONNX Runtime does not tell
   */
  static OnnxSignature of(
      String subject, OrtSession session, RewardConfig.Onnx config, int width, int vocabulary)
      throws OrtException {
    Check check = new Check(subject, new ArrayList<>());
    Map<String, NodeInfo> inputs = session.getInputInfo();
    boolean oneHot = config.encoding() == Encoding.ONE_HOT;
    OnnxJavaType objects =
        oneHot
            ? check.tensor(
                "input", config.input(), inputs, Set.of(OnnxJavaType.FLOAT), width, vocabulary)
            : check.tensor("input", config.input(), inputs, INTEGERS, width);
    OnnxJavaType lengths =
        config.lengthInput() == null
            ? null
            : check.tensor("input", config.lengthInput(), inputs, INTEGERS);
    for (String name : inputs.keySet()) {
      if (!name.equals(config.input()) && !name.equals(config.lengthInput())) {
        check.report(
            "a further input " + ObjectText.shown(name), "none that the config leaves out");
      }
    }
    OnnxJavaType scores = check.output(config.output(), session.getOutputInfo());
    if (!check.problems.isEmpty()) {
      throw new InvalidInputException(check.problems);
    }
    return new OnnxSignature(objects, lengths, scores);
  }

  private record Check(String subject, List<Problem> problems) {
    void report(String found, String expected) {
      problems.add(new Problem(subject, found, expected));
    }

    OnnxJavaType output(String name, Map<String, NodeInfo> outputs) {
      Set<OnnxJavaType> types = Set.of(OnnxJavaType.FLOAT, OnnxJavaType.DOUBLE);
      boolean isColumn =
          outputs.containsKey(name)
              && outputs.get(name).getInfo() instanceof TensorInfo tensor
              && tensor.getShape().length == 2;
      return isColumn
          ? tensor("output", name, outputs, types, 1)
          : tensor("output", name, outputs, types);
    }

    OnnxJavaType tensor(
        String kind,
        String name,
        Map<String, NodeInfo> nodes,
        Set<OnnxJavaType> types,
        int... axesBehindTheBatch) {
      String wanted =
          types.stream().sorted().map(Enum::name).collect(Collectors.joining(" or "))
              + " "
              + shape(Arrays.stream(axesBehindTheBatch).asLongStream().toArray());
      NodeInfo node = nodes.get(name);
      if (node == null) {
        report(
            kind + "s " + ObjectText.shown(String.join(", ", nodes.keySet())),
            "one named " + ObjectText.shown(name));
      } else if (!(node.getInfo() instanceof TensorInfo tensor)) {
        report(kind + " " + ObjectText.shown(name) + ", no tensor", wanted);
      } else if (types.contains(tensor.type) && fits(tensor.getShape(), axesBehindTheBatch)) {
        return tensor.type;
      } else {
        report(
            kind + " " + ObjectText.shown(name) + ", " + tensor.type + " " + shown(tensor), wanted);
      }
      return OnnxJavaType.UNKNOWN;
    }

    private static boolean fits(long[] shape, int[] axesBehindTheBatch) {
      if (shape.length != axesBehindTheBatch.length + 1 || shape[0] >= 0) {
        return false;
      }
      for (int i = 0; i < axesBehindTheBatch.length; i++) {
        if (shape[i + 1] >= 0 && shape[i + 1] != axesBehindTheBatch[i]) {
          return false;
        }
      }
      return true;
    }

    private static String shape(long[] axesBehindTheBatch) {
      return "[N"
          + Arrays.stream(axesBehindTheBatch)
              .mapToObj(axis -> ", " + axis)
              .collect(Collectors.joining())
          + "] of any N";
    }

    private static String shown(TensorInfo tensor) {
      return Arrays.stream(tensor.getShape())
          .mapToObj(axis -> axis < 0 ? "any" : Long.toString(axis))
          .collect(Collectors.joining(", ", "[", "]"));
    }
  }
}
