package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.trainer.environment.Environment;

/**
 * What a rollout gives, but for log Z.
 *
 * @param tokens [B, S] of the type that a bundle has
 * @param lengths [B] 32-bit integers
 * @param logForward [B]
 * @param logBackward [B]
 */
record DrawnTrajectories(Value tokens, Value lengths, Value logForward, Value logBackward) {
  /**
   * Gives tokens and lengths the types that a bundle has.
   *
   * @param environment whose objects they are
   * @param betas of the rows
   * @param objects what was built
   * @param logForward [B]
   * @param logBackward [B]
   */
  static DrawnTrajectories of(
      GraphBuilder graph,
      Environment environment,
      BetaRows betas,
      DrawnObjects objects,
      Value logForward,
      Value logBackward) {
    return new DrawnTrajectories(
        objects.tokensOf(graph, environment),
        objects.lengthsOf(graph, environment, betas.batch()),
        logForward,
        logBackward);
  }
}
