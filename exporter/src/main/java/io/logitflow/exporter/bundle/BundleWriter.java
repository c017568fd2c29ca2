package io.logitflow.exporter.bundle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.StagedOutput;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.lowering.DecodingLowering;
import io.logitflow.exporter.lowering.EnvironmentLowering;
import io.logitflow.exporter.lowering.GraphOrigin;
import io.logitflow.exporter.lowering.PolicyLowering;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.exporter.lowering.RolloutLowering;
import io.logitflow.exporter.lowering.ScoreLowering;
import io.logitflow.exporter.tabulation.Tabulation;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.policy.TrainedPolicy;
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
 * they passed. The same model gives the same bytes; nothing in them tells when or where.
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
   *     the fastest that does
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
      Optional<Tabulation> tabulation = tabulate(model);
      RolloutForm rolloutForm =
          form.orElseGet(() -> RolloutForm.of(model.network(), model.environment()));
      PolicyLowering policy = lowering(model);
      Optional<ReducedPrecision> reduced =
          precision.choose(
              model, policy, tabulation.map(tables -> tables.plan().steps()).orElse(1));
      PolicyLowering drawing =
          reduced
              .map(described -> policy.reduced(ManifestReduction.of(described, model.network())))
              .orElse(policy);
      Map<Role, OnnxGraph> graphs = lower(policy, drawing, tabulation, rolloutForm);
      graphs.forEach((role, graph) -> put(staged.path(), BundleFormat.fileOf(role), graph.file()));
      Manifest manifest =
          ManifestAssembly.describe(
              model,
              producerVersion,
              graphs,
              ManifestAssembly.rollout(rolloutForm, tabulation.map(Tabulation::plan)),
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

  private Optional<Tabulation> tabulate(TrainedModel model) {
    EnvironmentLowering lowering = EnvironmentLowering.of(model.environment());
    try (TrainedPolicy policy =
        new TrainedPolicy(model.network(), model.environment(), model.parameters())) {
      return Tabulation.of(
          model.environment(), model.network(), policy, lowering::cells, tableBudget);
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

  private static Map<Role, OnnxGraph> lower(
      PolicyLowering policy,
      PolicyLowering drawing,
      Optional<Tabulation> tabulation,
      RolloutForm rolloutForm) {
    Map<Role, OnnxGraph> graphs = new EnumMap<>(Role.class);
    graphs.put(Role.POLICY, policy.policy());
    policy.scale().ifPresent(scale -> graphs.put(Role.SCALE, scale));
    graphs.put(Role.LOG_PARTITION, policy.logPartition());
    graphs.put(
        Role.ROLLOUT,
        new RolloutLowering(
                drawing, EnvironmentLowering.of(drawing.environment()), tabulation, rolloutForm)
            .rollout());
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
