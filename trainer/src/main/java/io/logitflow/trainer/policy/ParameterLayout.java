package io.logitflow.trainer.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Where each parameter tensor lies in the one flat vector that the optimiser, the clipping of
 * gradients and a checkpoint work on. Each group is contiguous, in the order of the enum.
 */
public final class ParameterLayout {
  private final List<ParameterBlock> blocks;
  private final Map<String, ParameterBlock> byName;
  private final int size;

  /**
   * Lays out the parameters of networks.
   *
   * @param networks all networks, grouped in the order of {@link ParameterGroup}
   * @throws IllegalArgumentException if two parameters share a name or a group is split
   */
  public ParameterLayout(List<? extends LearnedTensors> networks) {
    List<ParameterBlock> laidOut = new ArrayList<>();
    int offset = 0;
    ParameterGroup group = ParameterGroup.POLICY;
    for (LearnedTensors network : networks) {
      if (network.group().compareTo(group) < 0) {
        throw new IllegalArgumentException(network.name() + " splits a group");
      }
      group = network.group();
      for (Map.Entry<String, List<Integer>> tensor : network.shapes().entrySet()) {
        ParameterBlock block =
            new ParameterBlock(tensor.getKey(), group, tensor.getValue(), offset);
        offset = Math.addExact(offset, block.size());
        laidOut.add(block);
      }
    }
    this.blocks = List.copyOf(laidOut);
    this.byName =
        laidOut.stream().collect(Collectors.toMap(ParameterBlock::name, Function.identity()));
    this.size = offset;
  }

  /** Returns the tensors in the order of their offsets. */
  public List<ParameterBlock> blocks() {
    return blocks;
  }

  /** Returns P, the length of the vector. */
  public int size() {
    return size;
  }

  /**
   * Returns the tensor of a name.
   *
   * @param name a parameter's name
   * @throws IllegalArgumentException if there is none
   */
  public ParameterBlock block(String name) {
    ParameterBlock block = byName.get(name);
    if (block == null) {
      throw new IllegalArgumentException("no parameter " + name);
    }
    return block;
  }

  /** Returns where each group that has parameters begins, in the order of the groups. */
  public List<Integer> groupOffsets() {
    List<Integer> offsets = new ArrayList<>();
    ParameterGroup group = null;
    for (ParameterBlock block : blocks) {
      if (block.group() != group) {
        offsets.add(block.offset());
        group = block.group();
      }
    }
    return offsets;
  }
}
