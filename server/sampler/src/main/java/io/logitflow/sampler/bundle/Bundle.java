package io.logitflow.sampler.bundle;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.logitflow.contract.Excerpt;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.Problem;
import io.logitflow.sampler.onnx.GraphSummary;
import io.logitflow.sampler.onnx.ModelBounds;
import io.logitflow.v1.BetaRange;
import io.logitflow.v1.Graph;
import io.logitflow.v1.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An exported model: a directory whose manifest was read and found true of the files beside it, and
 * whose graphs are such as LogitFlow writes. Immutable; holds no file open.
 */
public final class Bundle {
  // Several times what a vocabulary of 32,768 names needs; a larger file is no manifest. Its tree
  // of JSON takes some 50 times as much.
  private static final int LARGEST_MANIFEST = 4 << 20;

  private final Path directory;
  private final Manifest manifest;
  private final Vocabulary vocabulary;
  private final Map<Graph.Role, GraphSummary> summaries;

  private Bundle(Path directory, Manifest manifest, Map<Graph.Role, GraphSummary> summaries) {
    this.directory = directory;
    this.manifest = manifest;
    this.summaries = Map.copyOf(summaries);
    this.vocabulary = new Vocabulary(manifest.getVocabulary());
  }

  /**
   * Reads a bundle and checks all of it: the manifest's fields, the graphs' declared signatures,
   * the size and checksum of every file that it names, and of every graph that it is one that
   * LogitFlow could have written, within the bounds of {@link ModelBounds}. A bundle may come from
   * anybody; opening it takes at most 512 MiB of memory, whatever it holds.
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
    List<Problem> problems = ManifestValidation.problemsOf(manifest);
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
    return new Bundle(directory, manifest, BundleFiles.check(directory, manifest));
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

  /**
   * Returns what the graph of a role is made of.
   *
   * @throws IllegalArgumentException if the model has none of that role
   */
  public GraphSummary summary(Graph.Role role) {
    GraphSummary found = summaries.get(graph(role).getRole());
    return Objects.requireNonNull(found, "every graph was inspected");
  }

  /**
   * Reads the graph of a role: the very bytes that were checked when the bundle was opened, in
   * native memory of their own, so that nothing that happens to the file meanwhile reaches who runs
   * it.
   *
   * @return the ONNX model, ready to be read
   * @throws IllegalArgumentException if the model has none of that role
   * @throws InvalidInputException if the file has changed, or does not fit in memory
   * @throws LogitFlowException if it cannot be read
   */
  public ByteBuffer model(Graph.Role role) {
    return BundleFiles.read(directory, graph(role).getFile());
  }

  private static Manifest readManifest(Path file) {
    String text = readText(file);
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

  private static String readText(Path file) {
    if (Files.isSymbolicLink(file)) {
      throw new InvalidInputException(file.toString(), "a symbolic link", "a bundle's manifest");
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new InvalidInputException(file.toString(), "no such file", "a bundle's manifest");
    }
    try (InputStream input = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = input.readNBytes(LARGEST_MANIFEST + 1);
      if (bytes.length > LARGEST_MANIFEST) {
        throw new InvalidInputException(
            file.toString(), Files.size(file) + " bytes", "at most " + LARGEST_MANIFEST);
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(file.toString(), "bytes that are no UTF-8", "text in UTF-8");
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
  }

  private static Manifest parse(Path file, String text, JsonFormat.Parser parser) {
    Manifest.Builder manifest = Manifest.newBuilder();
    try {
      parser.merge(text, manifest);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(
          file.toString(),
          "text that is no manifest (" + messageOf(e) + ")",
          "a manifest in protobuf's JSON form");
    }
    return manifest.build();
  }

  /** Returns what the parser said, with the line where it knows one. */
  private static String messageOf(InvalidProtocolBufferException failure) {
    String message = failure.getMessage();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException said) {
        message = said.getMessage(); // Of the reader of JSON itself, which the others quote.
      }
    }
    return Excerpt.of(String.valueOf(message).lines().findFirst().orElse(""));
  }
}
