package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.Arrays;

/**
 * The last step of strings that all have L tokens, each step adding one: from the tokens so far and
 * the number of the action alone, since nobody reads features of what is complete.
 *
 * @param length L
 * @param vocabulary V: action a adds token a mod V, at the end if a is below V, else in front
 * @param actions A, V or 2V
 * @param backwardActions the valid ones in every complete string
 */
record LastToken(int length, int vocabulary, int actions, int backwardActions) {
  /**
   * Completes strings.
   *
   * @param tokens [B, L − 1] as floats
   * @param action [B] numbers of the actions
   * @return [B, L] token ids as floats
   */
  Value complete(GraphBuilder graph, Value tokens, Value action) {
    float[] ids = new float[actions];
    float[] inFront = new float[actions * length];
    for (int number = 0; number < actions; number++) {
      ids[number] = number % vocabulary;
      if (number >= vocabulary) {
        Arrays.fill(inFront, number * length, (number + 1) * length, 1);
      }
    }
    Value token =
        graph.apply(
            Operator.GATHER, graph.constant("last.tokens", Shape.of(actions, 1), ids), action);
    Value appended = Columns.join(graph, tokens, token);
    if (actions == vocabulary) {
      return appended;
    }
    Value places = graph.constant("last.inFront", Shape.of(actions, length), inFront);
    return graph.apply(
        Operator.WHERE,
        graph.apply(
            Operator.LESS,
            graph.constant("half", Shape.of(), 0.5f),
            graph.apply(Operator.GATHER, places, action)),
        Columns.join(graph, token, tokens),
        appended);
  }
}
