package io.logitflow.trainer.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.policy.TensorEngine;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A file of named tensors in the safetensors format, which PyTorch and JAX users can open. The same
 * tensors give the same bytes.
 */
final class TensorFile implements AutoCloseable {
  private final Path file;
  private final NDManager manager;
  private final NDList tensors;

  private TensorFile(Path file, NDManager manager, NDList tensors) {
    this.file = file;
    this.manager = manager;
    this.tensors = tensors;
  }

  /**
   * Writes a file.
   *
   * @param file where to
   * @param content creates the tensors and adds them, named
   */
  static void write(Path file, Consumer<Writer> content) throws IOException {
    try (NDManager manager = TensorEngine.newManager();
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      NDList tensors = new NDList();
      content.accept(
          (name, tensor) -> {
            NDArray named = tensor.create(manager);
            named.setName(name);
            tensors.add(named);
          });
      tensors.encode(out, NDList.Encoding.SAFETENSORS);
    }
  }

  /**
   * Opens a file.
   *
   * @param file an existing file
   * @throws InvalidInputException if it is not in the format
   */
  static TensorFile read(Path file) throws IOException {
    NDManager manager = TensorEngine.newManager();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return new TensorFile(file, manager, NDList.decode(manager, in));
    } catch (IOException e) {
      manager.close();
      throw e;
    } catch (IllegalArgumentException | IllegalStateException e) {
      manager.close();
      throw new InvalidInputException(
          file.toString(), "unreadable bytes (" + e.getMessage() + ")", "a safetensors file");
    }
  }

  /**
   * Returns a tensor.
   *
   * @param name its name
   * @throws InvalidInputException if there is none of that name
   */
  NDArray get(String name) {
    NDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new InvalidInputException(
          file.toString(), "no tensor " + name, "the tensors of this configuration");
    }
    return tensor;
  }

  @Override
  public void close() {
    manager.close();
  }

  /** Takes the tensors of a file. */
  interface Writer {
    /**
     * Adds a tensor.
     *
     * @param name its name
     * @param tensor creates it
     */
    void add(String name, TensorSource tensor);
  }

  /** Creates a tensor that a manager owns. */
  interface TensorSource {
    /**
     * Creates the tensor.
     *
     * @param manager its owner
     */
    NDArray create(NDManager manager);
  }
}
