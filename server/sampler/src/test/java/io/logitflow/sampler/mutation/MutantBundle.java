package io.logitflow.sampler.mutation;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.logitflow.contract.Sha256;
import io.logitflow.contract.StagedOutput;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.schema.ModelProto;
import io.logitflow.v1.Graph;
import io.logitflow.v1.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** The golden bundle in memory, to be changed, sealed again and written. */
final class MutantBundle {
  /** The graphs; the rollout, which a sampler runs, is drawn as often as the others together. */
  private static final List<String> GRAPHS =
      List.of(
          BundleFormat.POLICY_FILE,
          BundleFormat.SCALE_FILE,
          BundleFormat.LOG_PARTITION_FILE,
          BundleFormat.SCORE_FILE,
          BundleFormat.DECODING_FILE,
          BundleFormat.ROLLOUT_FILE,
          BundleFormat.ROLLOUT_FILE,
          BundleFormat.ROLLOUT_FILE);

  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final Manifest.Builder manifest = Manifest.newBuilder();
  private final List<String> links = new ArrayList<>();
  private byte[] manifestText = {};

  private MutantBundle() {}

  /** Reads the golden bundle from a directory. */
  static MutantBundle of(Path golden) throws IOException {
    MutantBundle bundle = new MutantBundle();
    for (String name : new LinkedHashSet<>(GRAPHS)) {
      bundle.files.put(name, Files.readAllBytes(golden.resolve(name)));
    }
    bundle.files.put(
        BundleFormat.PARITY_FILE, Files.readAllBytes(golden.resolve(BundleFormat.PARITY_FILE)));
    bundle.manifestText = Files.readAllBytes(golden.resolve(BundleFormat.MANIFEST_FILE));
    JsonFormat.parser()
        .merge(new String(bundle.manifestText, StandardCharsets.UTF_8), bundle.manifest);
    return bundle;
  }

  /** Returns a copy that may be changed. */
  MutantBundle copy() {
    MutantBundle copy = new MutantBundle();
    files.forEach((name, content) -> copy.files.put(name, content.clone()));
    copy.manifest.mergeFrom(manifest.build());
    copy.manifestText = manifestText.clone();
    return copy;
  }

  /** Draws a graph's file. */
  static String drawGraph(SplittableRandom random) {
    return GRAPHS.get(random.nextInt(GRAPHS.size()));
  }

  byte[] file(String name) {
    return Objects.requireNonNull(files.get(name), name);
  }

  void put(String name, byte[] content) {
    files.put(name, content);
  }

  ModelProto.Builder model(String name) {
    try {
      return ModelProto.newBuilder().mergeFrom(file(name));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  Manifest.Builder manifest() {
    return manifest;
  }

  byte[] manifestText() {
    return manifestText;
  }

  void setManifestText(byte[] text) {
    manifestText = text;
  }

  /** Puts a symbolic link in a file's place, to a file of the same content outside. */
  void link(String name) {
    links.add(name);
  }

  /** Makes the manifest's sizes and checksums those of the files. */
  void seal() {
    for (Graph.Builder graph : manifest.getGraphsBuilderList()) {
      byte[] content = files.get(graph.getFile().getName());
      if (content != null) {
        graph.getFileBuilder().setSize(content.length).setSha256(Sha256.of(content));
      }
    }
    try {
      manifestText = JsonFormat.printer().print(manifest).getBytes(StandardCharsets.UTF_8);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes the bundle into a directory, which becomes new. */
  void write(Path directory) throws IOException {
    StagedOutput.deleteTree(directory);
    Files.createDirectories(directory);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      if (links.contains(file.getKey())) {
        Path outside = directory.resolveSibling("outside");
        Files.write(outside, file.getValue());
        Files.createSymbolicLink(path, outside);
      } else {
        Files.write(path, file.getValue());
      }
    }
    Files.write(directory.resolve(BundleFormat.MANIFEST_FILE), manifestText);
  }

  /** Returns the golden bundle whose rollout has a loop, copied into a directory for that. */
  static MutantBundle loop(Path directory) throws IOException {
    Files.createDirectories(directory);
    return of(GoldenBundle.copyLoopTo(directory));
  }

  /** Returns the golden bundle, copied into a directory for that. */
  static MutantBundle golden(Path directory) throws IOException {
    Files.createDirectories(directory);
    return of(GoldenBundle.copyTo(directory));
  }
}
