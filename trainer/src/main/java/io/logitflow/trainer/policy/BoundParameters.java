package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Views of the flat parameter vector as named tensors. The vector is split in one operation, so a
 * gradient flows back into it in one as well.
 */
public final class BoundParameters {
  private final Map<String, NDArray> tensors;

  /**
   * Splits a vector.
   *
   * @param layout where the tensors lie
   * @param vector [P]
   */
  public BoundParameters(ParameterLayout layout, NDArray vector) {
    List<ParameterBlock> blocks = layout.blocks();
    long[] cuts = blocks.stream().skip(1).mapToLong(ParameterBlock::offset).toArray();
    NDList parts = vector.split(cuts, 0);
    tensors = new HashMap<>(2 * blocks.size());
    for (int i = 0; i < blocks.size(); i++) {
      ParameterBlock block = blocks.get(i);
      List<Integer> shape = block.shape();
      NDArray part = parts.get(i);
      tensors.put(
          block.name(),
          shape.size() == 1
              ? part
              : part.reshape(shape.stream().mapToLong(Integer::longValue).toArray()));
    }
  }

  /**
   * Returns a tensor by its name.
   *
   * @param name a name of the layout
   * @throws IllegalArgumentException if there is none
   */
  NDArray get(String name) {
    NDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no parameter " + name);
    }
    return tensor;
  }
}
