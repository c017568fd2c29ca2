package io.logitflow.sampler.bundle;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.Problem;
import io.logitflow.v1.BetaRange;
import io.logitflow.v1.Graph;
import io.logitflow.v1.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An exported model: a directory whose manifest was read and found true of the files beside it.
 * Immutable; holds no file open.
 */
public final class Bundle {
  // Several times what a vocabulary of 32,768 names needs; a larger file is no manifest.
  private static final long LARGEST_MANIFEST = 16L << 20;

  private final Path directory;
  private final Manifest manifest;
  private final Vocabulary vocabulary;

  private Bundle(Path directory, Manifest manifest) {
    this.directory = directory;
    this.manifest = manifest;
    this.vocabulary = new Vocabulary(manifest.getVocabulary());
  }

  /**
   * Reads a bundle and checks all of it: the manifest's fields, the graphs' declared signatures,
   * and the size and checksum of every file that it names.
   *
   * @param directory where the bundle lies
   * @return the bundle
   * @throws InvalidInputException if anything is missing or wrong; the message has a line for each
   *     fault
   * @throws LogitFlowException if a file that is there cannot be read
   */
  public static Bundle open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new InvalidInputException(
          directory.toString(),
          Files.exists(directory) ? "a file" : "nothing of that name",
          "a bundle's directory");
    }
    Manifest manifest = readManifest(directory.resolve(BundleFormat.MANIFEST_FILE));
    refuse(ManifestValidation.problemsOf(manifest));
    refuse(FileIntegrity.problemsOf(directory, manifest));
    return new Bundle(directory, manifest);
  }

  /** Returns where the bundle lies. */
  public Path directory() {
    return directory;
  }

  /** Returns the manifest. */
  public Manifest manifest() {
    return manifest;
  }

  /** Returns the alphabet. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Returns S, the tokens of a row, padding included. */
  public int rowWidth() {
    return manifest.getEnvironment().getMaximumLength();
  }

  /** Returns T, the uniforms that a row takes. */
  public int steps() {
    return manifest.getEnvironment().getMaximumSteps();
  }

  /** Returns whether an inverse temperature lies outside the range seen in training. */
  public boolean extrapolates(float beta) {
    BetaRange trained = manifest.getTrainedBeta();
    return beta < trained.getLow() || beta > trained.getHigh();
  }

  /**
   * Returns whether the model answers an inverse temperature at all: one that is not conditioned on
   * it knows the one that it was trained at.
   */
  public boolean answers(float beta) {
    return !manifest.getConditioning().getType().equals(BundleFormat.NONE) || !extrapolates(beta);
  }

  /**
   * Returns what the manifest says of the graph of a role.
   *
   * @throws IllegalArgumentException if the model has none of that role
   */
  public Graph graph(Graph.Role role) {
    return manifest.getGraphsList().stream()
        .filter(graph -> graph.getRole() == role)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no graph of role " + role));
  }

  /** Returns whether the model has a graph of a role. */
  public boolean has(Graph.Role role) {
    return manifest.getGraphsList().stream().anyMatch(graph -> graph.getRole() == role);
  }

  /**
   * Returns the file of the graph of a role.
   *
   * @throws IllegalArgumentException if the model has none of that role
   */
  public Path path(Graph.Role role) {
    return directory.resolve(graph(role).getFile().getName());
  }

  private static Manifest readManifest(Path file) {
    String text;
    try {
      if (!Files.isRegularFile(file)) {
        throw new InvalidInputException(file.toString(), "no such file", "a bundle's manifest");
      }
      if (Files.size(file) > LARGEST_MANIFEST) {
        throw new InvalidInputException(
            file.toString(), Files.size(file) + " bytes", "at most " + LARGEST_MANIFEST);
      }
      text = Files.readString(file);
    } catch (IOException e) {
      throw new InvalidInputException(file.toString(), FileIntegrity.reason(e), "text in UTF-8");
    }
    // A later version may have fields that this release does not know; its number says so first.
    Manifest manifest = parse(file, text, JsonFormat.parser().ignoringUnknownFields());
    int version = manifest.getFormatVersion();
    if (version < BundleFormat.OLDEST_VERSION || version > BundleFormat.VERSION) {
      throw new InvalidInputException(
          file + " formatVersion",
          version,
          BundleFormat.OLDEST_VERSION
              + " to "
              + BundleFormat.VERSION
              + ", the versions that this release reads");
    }
    return parse(file, text, JsonFormat.parser());
  }

  private static Manifest parse(Path file, String text, JsonFormat.Parser parser) {
    Manifest.Builder manifest = Manifest.newBuilder();
    try {
      parser.merge(text, manifest);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(
          file.toString(), FileIntegrity.reason(e), "a manifest in protobuf's JSON form");
    }
    return manifest.build();
  }

  private static void refuse(List<Problem> problems) {
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
  }
}
