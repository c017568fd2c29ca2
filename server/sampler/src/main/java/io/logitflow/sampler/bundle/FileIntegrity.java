package io.logitflow.sampler.bundle;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.Problem;
import io.logitflow.contract.Sha256;
import io.logitflow.v1.BundleFile;
import io.logitflow.v1.Graph;
import io.logitflow.v1.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Whether the files of a bundle are those that its manifest describes, by size and SHA-256. */
final class FileIntegrity {
  private FileIntegrity() {}

  /**
   * Returns the faults of the files that a manifest names.
   *
   * @param directory where the bundle lies
   * @param manifest a valid manifest
   * @throws LogitFlowException if a file cannot be read
   */
  static List<Problem> problemsOf(Path directory, Manifest manifest) {
    List<Problem> problems = new ArrayList<>();
    Stream.concat(
            manifest.getGraphsList().stream().map(Graph::getFile),
            manifest.getReportsList().stream())
        .forEach(file -> check(directory.resolve(file.getName()), file, problems));
    return problems;
  }

  private static void check(Path path, BundleFile declared, List<Problem> problems) {
    if (!Files.isRegularFile(path)) {
      problems.add(new Problem(path.toString(), "no such file", "a file of the bundle"));
      return;
    }
    try {
      long size = Files.size(path);
      if (size != declared.getSize()) {
        problems.add(
            new Problem(
                path.toString(), size + " bytes", declared.getSize() + ", as the manifest says"));
        return;
      }
      String sha256 = Sha256.of(path);
      if (!sha256.equals(declared.getSha256())) {
        problems.add(
            new Problem(
                path.toString(),
                "SHA-256 " + sha256,
                declared.getSha256() + ", as the manifest says"));
      }
    } catch (IOException e) {
      throw new LogitFlowException(Category.FAILED, path + ": cannot be read: " + reason(e), e);
    }
  }

  /** Returns an exception's kind and message, on one line. */
  static String reason(Exception cause) {
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return cause.getClass().getSimpleName() + " (" + message + ")";
  }
}
