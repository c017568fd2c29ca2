package io.logitflow.trainer.training;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.LogPartition;
import io.logitflow.trainer.policy.Mlp;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.ParameterGroup;
import io.logitflow.trainer.policy.ParameterLayout;
import io.logitflow.trainer.policy.StateFlow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where a run starts that takes up the parameters of another one. Every tensor of its networks must
 * be there with the same shape; but a network of log Z(β) or of the state flow starts anew where
 * the other run's objective had none of its kind. What is taken up computes the same as before.
 */
public final class WarmStart {
  private static final Set<ParameterGroup> OF_THE_OBJECTIVE =
      EnumSet.of(ParameterGroup.LOG_PARTITION, ParameterGroup.STATE_FLOW);

  private WarmStart() {}

  /**
   * Takes over parameters.
   *
   * @param subject where the other run is, for messages
   * @param saved its networks
   * @param savedParameters its parameters
   * @param network this run's networks
   * @param fresh [P] initial parameters of this run
   * @return [P]
   * @throws InvalidInputException if tensors are missing or of another shape, all of them
   */
  public static float[] parameters(
      String subject, GFlowNet saved, float[] savedParameters, GFlowNet network, float[] fresh) {
    ParameterLayout layout = network.layout();
    float[] parameters = copied(subject, saved.layout(), savedParameters, layout, fresh);
    // The constant added to a network's output is the config's; its last bias makes up for another.
    if (saved.logPartition().isPresent() && network.logPartition().isPresent()) {
      LogPartition own = network.logPartition().get();
      float constant = saved.logPartition().get().initial();
      parameters[lastBias(layout, own.network())] += constant - own.initial();
    }
    if (saved.stateFlow().isPresent() && network.stateFlow().isPresent()) {
      StateFlow own = network.stateFlow().get();
      float constant = saved.stateFlow().get().initial();
      parameters[lastBias(layout, own.network())] += constant - own.initial();
    }
    return parameters;
  }

  private static int lastBias(ParameterLayout layout, Mlp network) {
    return layout.block(network.bias(network.layers() - 1)).offset();
  }

  /** Copies tensors by their names. */
  static float[] copied(
      String subject,
      ParameterLayout saved,
      float[] savedParameters,
      ParameterLayout layout,
      float[] fresh) {
    Map<String, ParameterBlock> sources = new LinkedHashMap<>();
    Set<ParameterGroup> groups = EnumSet.noneOf(ParameterGroup.class);
    for (ParameterBlock block : saved.blocks()) {
      sources.put(block.name(), block);
      groups.add(block.group());
    }
    float[] parameters = fresh.clone();
    List<Problem> problems = new ArrayList<>();
    for (ParameterBlock block : layout.blocks()) {
      ParameterBlock source = sources.get(block.name());
      if (source == null) {
        if (!OF_THE_OBJECTIVE.contains(block.group()) || groups.contains(block.group())) {
          problems.add(new Problem(subject, "no tensor " + block.name(), shown(block)));
        }
      } else if (!source.shape().equals(block.shape())) {
        problems.add(new Problem(subject, shown(source), shown(block)));
      } else {
        System.arraycopy(
            savedParameters, source.offset(), parameters, block.offset(), block.size());
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
    return parameters;
  }

  private static String shown(ParameterBlock block) {
    return block.name() + " of shape " + Arrays.toString(block.shape().toArray());
  }
}
