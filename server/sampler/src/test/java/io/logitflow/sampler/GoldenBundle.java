package io.logitflow.sampler;

import com.google.protobuf.util.JsonFormat;
import io.logitflow.contract.Sha256;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.bundle.GraphSignatures;
import io.logitflow.v1.BundleFile;
import io.logitflow.v1.Divergence;
import io.logitflow.v1.Graph;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.QuantisedInputs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** The golden bundle of the format's version, and copies of it with something changed. */
public final class GoldenBundle {
  private static final String RESOURCES = "/golden/v3/";
  private static final String LOOP = "/golden/loop/" + BundleFormat.ROLLOUT_FILE;
  private static final String ANY_VERSION = "/golden/v%d/";
  private static final List<String> FILES =
      List.of(
          BundleFormat.MANIFEST_FILE,
          BundleFormat.POLICY_FILE,
          BundleFormat.SCALE_FILE,
          BundleFormat.LOG_PARTITION_FILE,
          BundleFormat.ROLLOUT_FILE,
          BundleFormat.PARITY_FILE);

  private GoldenBundle() {}

  /** Copies the bundle into a directory and opens it. */
  public static Bundle open(Path directory) {
    return Bundle.open(copyTo(directory));
  }

  /** Copies the bundle into a directory. */
  public static Path copyTo(Path directory) {
    return copyTo(directory, RESOURCES);
  }

  /** Copies the bundle with the same rollout as a loop into a directory. */
  public static Path copyLoopTo(Path directory) {
    copyTo(directory);
    copy(LOOP, directory.resolve(BundleFormat.ROLLOUT_FILE));
    rewrite(
        directory,
        manifest -> {
          manifest.getRolloutBuilder().setForm(BundleFormat.LOOP).clearTabulation();
          return manifest;
        });
    seal(directory);
    return directory;
  }

  /** Copies the same model's bundle of a format version into a directory. */
  public static Path copyVersionTo(int version, Path directory) {
    return copyTo(directory, ANY_VERSION.formatted(version));
  }

  private static Path copyTo(Path directory, String resources) {
    for (String name : FILES) {
      copy(resources + name, directory.resolve(name));
    }
    if (GoldenBundle.class.getResource(resources + BundleFormat.SCORE_FILE) != null) {
      copy(resources + BundleFormat.SCORE_FILE, directory.resolve(BundleFormat.SCORE_FILE));
    }
    if (GoldenBundle.class.getResource(resources + BundleFormat.DECODING_FILE) != null) {
      copy(resources + BundleFormat.DECODING_FILE, directory.resolve(BundleFormat.DECODING_FILE));
    }
    return directory;
  }

  /** Copies the bundle as one that is not conditioned on beta and knows one alone, and opens it. */
  public static Bundle openUnconditioned(Path directory, float beta) {
    copyTo(directory);
    rewrite(
        directory,
        manifest -> {
          manifest.getConditioningBuilder().setType(BundleFormat.NONE).clearForm();
          manifest.getTrainedBetaBuilder().setLow(beta).setHigh(beta);
          return manifest.removeGraphs(1);
        });
    return Bundle.open(directory);
  }

  /**
   * Copies the bundle of version 2, with a rollout that fails for large inverse temperatures, and
   * opens it.
   */
  public static Bundle openFaulty(Path directory) {
    return openWithRollout(directory, HandmadeModel.faultyRollout());
  }

  /**
   * Copies the bundle of version 2, with a rollout whose rows depend on the first of their run, and
   * opens it.
   */
  public static Bundle openEntangled(Path directory) {
    return openWithRollout(directory, HandmadeModel.entangledRollout());
  }

  private static Bundle openWithRollout(Path directory, HandmadeModel rollout) {
    copyVersionTo(2, directory);
    write(directory.resolve(BundleFormat.ROLLOUT_FILE), rollout);
    seal(directory);
    return Bundle.open(directory);
  }

  /**
   * Copies the bundle with a score that is an estimate, finite at β below 2 alone, and opens it.
   */
  public static Bundle openEstimating(Path directory) {
    copyTo(directory);
    write(directory.resolve(BundleFormat.SCORE_FILE), HandmadeModel.estimatingScore());
    rewrite(
        directory,
        manifest -> {
          manifest.getScoringBuilder().setKind(BundleFormat.ESTIMATE);
          Manifest declared = manifest.build();
          for (Graph.Builder graph : manifest.getGraphsBuilderList()) {
            if (graph.getRole() == Graph.Role.SCORE) {
              graph
                  .clearInputs()
                  .addAllInputs(GraphSignatures.inputs(Graph.Role.SCORE, declared))
                  .clearOutputs()
                  .addAllOutputs(GraphSignatures.outputs(Graph.Role.SCORE, declared));
            }
          }
          return manifest;
        });
    seal(directory);
    return Bundle.open(directory);
  }

  /** Copies the bundle without its graph of scores, and opens it. */
  public static Bundle openWithoutScores(Path directory) {
    copyTo(directory);
    rewrite(directory, manifest -> manifest.clearScoring().removeGraphs(4));
    return Bundle.open(directory);
  }

  /**
   * Copies the bundle of version 2, with a rollout over 300 tokens named by their ids, and opens
   * it.
   */
  public static Bundle openWide(Path directory) {
    copyVersionTo(2, directory);
    write(directory.resolve(BundleFormat.ROLLOUT_FILE), HandmadeModel.wideRollout());
    rewrite(
        directory,
        manifest -> {
          manifest.getVocabularyBuilder().clearTokens().setSeparator(" ");
          for (int token = 0; token < 300; token++) {
            manifest.getVocabularyBuilder().addTokens(Integer.toString(token));
          }
          withoutDecoding(manifest);
          for (Graph.Builder graph : manifest.getGraphsBuilderList()) {
            if (graph.getRole() == Graph.Role.ROLLOUT) {
              graph
                  .clearOutputs()
                  .addAllOutputs(GraphSignatures.outputs(Graph.Role.ROLLOUT, manifest.build()));
            }
          }
          return manifest;
        });
    seal(directory);
    return Bundle.open(directory);
  }

  /** Takes the decoding graph and what is said of it out of a manifest. */
  public static void withoutDecoding(Manifest.Builder manifest) {
    manifest.clearDecoding();
    for (int i = manifest.getGraphsCount() - 1; i >= 0; i--) {
      if (manifest.getGraphs(i).getRole() == Graph.Role.DECODING) {
        manifest.removeGraphs(i);
      }
    }
  }

  /** Reads a bundle's manifest, changes it and writes it back. */
  public static void rewrite(Path directory, UnaryOperator<Manifest.Builder> change) {
    Path file = directory.resolve(BundleFormat.MANIFEST_FILE);
    try {
      Manifest.Builder manifest = Manifest.newBuilder();
      JsonFormat.parser().merge(Files.readString(file), manifest);
      Files.writeString(file, JsonFormat.printer().print(change.apply(manifest)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the manifest's sizes and checksums those of the files that are there. */
  public static void seal(Path directory) {
    rewrite(
        directory,
        manifest -> {
          for (Graph.Builder graph : manifest.getGraphsBuilderList()) {
            graph.setFile(describe(directory, graph.getFile().getName()));
          }
          return manifest;
        });
  }

  private static BundleFile describe(Path directory, String name) {
    try {
      Path file = directory.resolve(name);
      return BundleFile.newBuilder()
          .setName(name)
          .setSize(Files.size(file))
          .setSha256(Sha256.of(file))
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, HandmadeModel model) {
    try {
      Files.write(file, model.bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(String resource, Path target) {
    URL url = Objects.requireNonNull(GoldenBundle.class.getResource(resource), resource);
    try (InputStream input = url.openStream()) {
      Files.write(target, input.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says of a manifest that its graphs multiply bytes. */
  public static Manifest.Builder withBytes(Manifest.Builder manifest) {
    manifest
        .getPrecisionBuilder()
        .setKind(BundleFormat.INT8)
        .setFirstStep(1)
        .setBound(0.02)
        .addInputs(QuantisedInputs.newBuilder().setScale(0.5f).setZeroPoint(3))
        .addDivergence(
            Divergence.newBuilder().setBeta(1).setKind(BundleFormat.EXACT).setTotalVariation(0.01))
        .addDivergence(
            Divergence.newBuilder()
                .setBeta(3)
                .setKind(BundleFormat.ESTIMATE)
                .setTotalVariation(0.01)
                .setStandardError(0.001)
                .setTrajectories(4_096));
    return manifest;
  }
}
