package io.logitflow.sampler.bundle;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.Problem;
import io.logitflow.sampler.onnx.GraphSummary;
import io.logitflow.sampler.onnx.ModelBounds;
import io.logitflow.sampler.onnx.ModelInspection;
import io.logitflow.v1.BundleFile;
import io.logitflow.v1.Graph;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a bundle, read as what an untrusted hand may have written: each is what the manifest
 * declares by size and SHA-256, and each graph passes {@link ModelInspection}. A file is read once
 * for that, its checksum and its inspection are of the very same bytes, and only a small part of it
 * is held in memory.
 */
final class BundleFiles {
  private static final long LARGEST_REPORT = 16L << 20;

  private final Path directory;
  private final Manifest manifest;
  private final List<Problem> problems = new ArrayList<>();
  private final Map<Role, GraphSummary> summaries = new EnumMap<>(Role.class);

  private BundleFiles(Path directory, Manifest manifest) {
    this.directory = directory;
    this.manifest = manifest;
  }

  /**
   * Checks every file that a manifest names.
   *
   * @param directory where the bundle lies
   * @param manifest a valid manifest
   * @return what each graph is made of
   * @throws InvalidInputException with a fault of each file that has one
   * @throws LogitFlowException if a file cannot be read
   */
  static Map<Role, GraphSummary> check(Path directory, Manifest manifest) {
    BundleFiles files = new BundleFiles(directory, manifest);
    manifest.getGraphsList().forEach(files::graph);
    manifest.getReportsList().forEach(files::report);
    if (!files.problems.isEmpty()) {
      throw new InvalidInputException(files.problems);
    }
    return files.summaries;
  }

  /**
   * Reads the graph of a file that was checked, into memory that nobody else writes, and checks
   * again that these are the bytes.
   *
   * @param directory where the bundle lies
   * @param declared the file
   * @return its bytes, in native memory
   * @throws InvalidInputException if the file has changed, or does not fit in memory
   * @throws LogitFlowException if it cannot be read
   */
  static ByteBuffer read(Path directory, BundleFile declared) {
    Path path = directory.resolve(declared.getName());
    try {
      Optional<Problem> problem = DeclaredBytes.problemOf(path, declared);
      if (problem.isEmpty()) {
        try (DeclaredBytes bytes = DeclaredBytes.open(path, declared)) {
          ByteBuffer buffer = ByteBuffer.allocateDirect(Math.toIntExact(declared.getSize()));
          bytes.readInto(buffer);
          problem = bytes.finish();
          if (problem.isEmpty()) {
            return buffer.flip();
          }
        }
      }
      throw new InvalidInputException(List.of(problem.get()));
    } catch (OutOfMemoryError e) {
      throw new InvalidInputException(
          path.toString(),
          declared.getSize() + " bytes",
          "as many as fit in direct memory (-XX:MaxDirectMemorySize)");
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(path, "be read", e);
    }
  }

  private void graph(Graph graph) {
    Path path = directory.resolve(graph.getFile().getName());
    check(
        graph.getFile(),
        ModelBounds.LARGEST_FILE,
        bytes ->
            summaries.put(
                graph.getRole(),
                ModelInspection.inspect(
                    path.toString(),
                    bytes,
                    GraphSignatures.operands(GraphSignatures.inputs(graph.getRole(), manifest)),
                    GraphSignatures.operands(GraphSignatures.outputs(graph.getRole(), manifest)))));
  }

  private void report(BundleFile file) {
    check(file, LARGEST_REPORT, bytes -> {});
  }

  private void check(BundleFile declared, long largest, Content content) {
    Path path = directory.resolve(declared.getName());
    try {
      Optional<Problem> problem = DeclaredBytes.problemOf(path, declared);
      if (problem.isPresent()) {
        problems.add(problem.get());
      } else if (declared.getSize() > largest) {
        problems.add(
            new Problem(path.toString(), declared.getSize() + " bytes", "at most " + largest));
      } else {
        read(path, declared, content);
      }
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(path, "be read", e);
    }
  }

  private void read(Path path, BundleFile declared, Content content) throws IOException {
    try (DeclaredBytes bytes = DeclaredBytes.open(path, declared)) {
      List<Problem> faults = List.of();
      try {
        content.read(bytes);
      } catch (InvalidInputException e) {
        faults = e.problems();
      }
      // Of a file that is not the one that was written, that comes first.
      problems.addAll(bytes.finish().map(List::of).orElse(faults));
    }
  }

  /** What is made of a file's bytes. */
  @FunctionalInterface
  private interface Content {
    void read(DeclaredBytes bytes) throws IOException;
  }
}
