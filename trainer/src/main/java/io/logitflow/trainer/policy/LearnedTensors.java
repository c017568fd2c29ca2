package io.logitflow.trainer.policy;

import java.util.List;
import java.util.Map;

/** A part of the networks that declares parameters. */
public sealed interface LearnedTensors permits Mlp, StateTable, WindowEmbedding {
  /** Returns the prefix of its parameters' names. */
  String name();

  /** Returns the group that its parameters belong to. */
  ParameterGroup group();

  /** Returns the axes of its parameters by their names, in the order of the flat vector. */
  Map<String, List<Integer>> shapes();
}
