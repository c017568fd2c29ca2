package io.logitflow.exporter.bundle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.StagedOutput;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.lowering.DecodingLowering;
import io.logitflow.exporter.lowering.GraphOrigin;
import io.logitflow.exporter.lowering.PolicyLowering;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.exporter.lowering.ScoreLowering;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.ReducedPrecision;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes trained models as bundles: ONNX graphs, their manifest, and the report of a check that
 * they passed. The same model gives the same bytes on one kind of processor: tables of states hold
 * what it computes of them. Nothing in a bundle tells when or where.
 */
public final class BundleWriter {
  /** What tables may add to a rollout unless another budget is asked for, in bytes. */
  public static final long TABLE_BUDGET = 64L << 20;

  private final String producerVersion;
  private final long tableBudget;
  private final Optional<RolloutForm> form;
  private final BundlePrecision precision;

  /**
   * Creates a writer.
   *
   * @param producerVersion version of LogitFlow
   * @param tableBudget bytes that tables of states may add to a rollout, 0 for no tables; where β
   *     enters by the layers there are none
   * @param form of the rollout, one that {@link RolloutForm#fits} every model written; empty for
   *     the fastest that does and starts in reasonable time
   */
  public BundleWriter(String producerVersion, long tableBudget, Optional<RolloutForm> form) {
    this(producerVersion, tableBudget, form, BundlePrecision.FULL);
  }

  /**
   * Creates a writer of bundles whose graphs may draw with fewer bits.
   *
   * @param producerVersion version of LogitFlow
   * @param tableBudget bytes that tables of states may add to a rollout, 0 for no tables; where β
   *     enters by the layers there are none
   * @param form of the rollout, one that {@link RolloutForm#fits} every model written; empty for
   *     the fastest that does
   * @param precision what rollout and decoding are computed in
   */
  public BundleWriter(
      String producerVersion,
      long tableBudget,
      Optional<RolloutForm> form,
      BundlePrecision precision) {
    this.producerVersion = producerVersion;
    this.tableBudget = tableBudget;
    this.form = form;
    this.precision = precision;
  }

  /**
   * Writes a bundle.
   *
   * @param model the model
   * @param target the bundle's directory, which must not exist
   * @param check what it must pass
   * @param calibration measures the bundle against its target, nothing if that is not at hand
   * @throws InvalidInputException if the target exists, or the precision does not suit the model
   * @throws LogitFlowException if the check fails, the precision costs too much or the disk
   *     refuses; the target is not there then
   */
  public void write(
      TrainedModel model, Path target, BundleCheck check, BundleCalibration calibration) {
    try (StagedOutput staged = StagedOutput.directory(target)) {
      PolicyLowering policy = lowering(model);
      ExportedRollout rollout = ExportedRollout.of(policy, model, form, tableBudget);
      Optional<ReducedPrecision> reduced =
          precision.choose(model, policy, rollout.firstComputedStep());
      PolicyLowering drawing =
          reduced
              .map(described -> policy.reduced(ManifestReduction.of(described, model.network())))
              .orElse(policy);
      Map<Role, OnnxGraph> graphs = graphs(policy, drawing, rollout);
      graphs.forEach((role, graph) -> put(staged.path(), BundleFormat.fileOf(role), graph.file()));
      Manifest manifest =
          ManifestAssembly.describe(
              model,
              producerVersion,
              graphs,
              ManifestAssembly.rollout(rollout.form(), rollout.plan()),
              reduced);
      put(staged.path(), BundleFormat.MANIFEST_FILE, json(manifest));
      ByteString report = ByteString.copyFromUtf8(check.report(staged.path()));
      put(staged.path(), BundleFormat.PARITY_FILE, report);
      Manifest reported =
          manifest.toBuilder()
              .addReports(Checksum.describe(BundleFormat.PARITY_FILE, report))
              .addAllCalibration(calibration.measure(staged.path()))
              .build();
      put(staged.path(), BundleFormat.MANIFEST_FILE, json(reported));
      staged.publish();
    }
  }

  private PolicyLowering lowering(TrainedModel model) {
    TreeMap<String, String> metadata = new TreeMap<>();
    metadata.put("logitflow.environment", model.environment().type());
    metadata.put("logitflow.parameters_sha256", model.origin().parametersSha256());
    metadata.put("logitflow.round", Long.toString(model.origin().round()));
    return new PolicyLowering(
        model.network(),
        model.environment(),
        model.parameters(),
        new GraphOrigin(producerVersion, metadata));
  }

  private static Map<Role, OnnxGraph> graphs(
      PolicyLowering policy, PolicyLowering drawing, ExportedRollout rollout) {
    Map<Role, OnnxGraph> graphs = new EnumMap<>(Role.class);
    graphs.put(Role.POLICY, policy.policy());
    policy.scale().ifPresent(scale -> graphs.put(Role.SCALE, scale));
    graphs.put(Role.LOG_PARTITION, policy.logPartition());
    graphs.put(Role.ROLLOUT, rollout.drawnBy(drawing));
    new ScoreLowering(policy).score().ifPresent(score -> graphs.put(Role.SCORE, score));
    new DecodingLowering(drawing)
        .decoding()
        .ifPresent(decoding -> graphs.put(Role.DECODING, decoding));
    return graphs;
  }

  private static ByteString json(Manifest manifest) {
    try {
      JsonFormat.Printer printer = JsonFormat.printer().alwaysPrintFieldsWithNoPresence();
      return ByteString.copyFromUtf8(printer.print(manifest) + "\n");
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("a manifest holds no message of an unknown type", e);
    }
  }

  private static void put(Path directory, String name, ByteString contents) {
    Path path = directory.resolve(name);
    try (OutputStream file = Files.newOutputStream(path)) {
      contents.writeTo(file);
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(path, "be written", e);
    }
  }
}
