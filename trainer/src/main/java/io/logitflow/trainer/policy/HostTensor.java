package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * Reusable memory outside the heap that is written from Java and read as a tensor, on the CPU
 * without a copy. Aligned like the engine's own memory, so that kernels add in the same order in
 * every process. On the CPU the tensor aliases the memory: write again only when nothing computed
 * from it is still needed. On a GPU the engine copies it there at once.
 */
public final class HostTensor {
  private static final int ALIGNMENT = 64;

  private ByteBuffer memory = allocate(ALIGNMENT);

  /**
   * Makes room for floats.
   *
   * @param size how many
   * @return a view of the memory from its start, unset
   */
  public FloatBuffer floats(int size) {
    reserve(Math.multiplyExact(size, Float.BYTES));
    return memory
        .duplicate()
        .order(ByteOrder.nativeOrder())
        .limit(size * Float.BYTES)
        .asFloatBuffer();
  }

  /**
   * Makes room for longs.
   *
   * @param size how many
   * @return a view of the memory from its start, unset
   */
  public LongBuffer longs(int size) {
    reserve(Math.multiplyExact(size, Long.BYTES));
    return memory
        .duplicate()
        .order(ByteOrder.nativeOrder())
        .limit(size * Long.BYTES)
        .asLongBuffer();
  }

  /**
   * Returns what was written as a tensor.
   *
   * @param manager owner of the tensor, which says where it lives
   * @param shape its axes
   * @param type its elements' type, the one that was written
   */
  public NDArray tensor(NDManager manager, Shape shape, DataType type) {
    int bytes = Math.toIntExact(shape.size() * type.getNumOfBytes());
    ByteBuffer view = memory.duplicate().order(ByteOrder.nativeOrder()).limit(bytes);
    return manager.create(view, shape, type);
  }

  private void reserve(int bytes) {
    if (memory.capacity() < bytes) {
      memory = allocate(bytes);
    }
  }

  private static ByteBuffer allocate(int bytes) {
    // The slice loses up to one alignment in all, at its two ends, where the size is a multiple.
    int size = Math.addExact(bytes, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return ByteBuffer.allocateDirect(Math.addExact(size, ALIGNMENT))
        .alignedSlice(ALIGNMENT)
        .order(ByteOrder.nativeOrder());
  }
}
