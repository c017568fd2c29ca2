package io.logitflow.exporter.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.bundle.VerifiedManifest;
import io.logitflow.exporter.parity.DecodingCheck;
import io.logitflow.exporter.parity.DecodingReport;
import io.logitflow.exporter.parity.OnnxStatePolicy;
import io.logitflow.exporter.parity.ParityGate;
import io.logitflow.exporter.parity.ParityReport;
import io.logitflow.exporter.parity.PrecisionGate;
import io.logitflow.exporter.parity.ReducedPolicy;
import io.logitflow.exporter.parity.SamplingCheck;
import io.logitflow.exporter.parity.SamplingReport;
import io.logitflow.exporter.parity.ScoreCheck;
import io.logitflow.exporter.parity.ScoreReport;
import io.logitflow.exporter.parity.VariationReport;
import io.logitflow.sampler.batching.CandidateStream;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.scoring.Scorer;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.v1.BetaRange;
import io.logitflow.v1.BundleFile;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.ReducedPrecision;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The checks of a bundle that was opened, so that its checksums are known to be right. */
final class BundleVerification {
  private static final int SAMPLES = 200_000;
  private static final int ROLLOUT_ROWS = 256;
  private static final long SEED = 20_230_510L;

  private final Bundle bundle;
  private final ExecutionProvider provider;
  private final Consumer<Finding> findings;

  /**
   * Prepares the checks.
   *
   * @param bundle an opened bundle
   * @param provider where its rollout, decoding and scores run; the other graphs run on the CPU
   * @param findings told each finding as soon as it is made, before a later check can fail
   */
  BundleVerification(Bundle bundle, ExecutionProvider provider, Consumer<Finding> findings) {
    this.bundle = bundle;
    this.provider = provider;
    this.findings = findings;
  }

  /**
   * Runs every check.
   *
   * @param checkpoint what the bundle was exported from, if it is at hand
   * @throws InvalidInputException if the manifest contradicts its own configuration, the checkpoint
   *     is another one, or a file is no graph of its role
   */
  void run(Optional<Checkpoint> checkpoint) {
    int files = bundle.manifest().getGraphsCount() + bundle.manifest().getReportsCount();
    findings.accept(new Finding(true, "checksums", files + " files are what the manifest says"));
    VerifiedManifest manifest = VerifiedManifest.of(bundle);
    Environment environment = manifest.environment();
    Optional<TrainedModel> model = checkpoint.map(manifest::requireOrigin);
    findings.accept(origin(model));
    findings.accept(storedParity());
    try (OnnxStatePolicy policy = new OnnxStatePolicy(bundle, environment);
        Sampler sampler = Sampler.open(bundle, SamplerOptions.defaults().on(provider))) {
      findings.accept(
          new Finding(
              true,
              "signatures",
              bundle.manifest().getGraphsCount() + " graphs load and are what the manifest says"));
      findings.accept(root(policy, environment));
      model.ifPresent(exported -> findings.accept(parity(exported)));
      findings.accept(rollout(sampler));
      findings.accept(score(sampler, policy, environment));
      if (bundle.has(Role.DECODING)) {
        findings.accept(decoding(sampler));
      }
      if (!ExactDistribution.covers(environment)) {
        findings.accept(
            new Finding(
                true,
                "sampling",
                "not compared: the environment has more than "
                    + ExactDistribution.MAXIMUM_STATES
                    + " states"));
        return;
      }
      sampling(sampler, policy, environment, model);
    }
  }

  private void sampling(
      Sampler sampler,
      OnnxStatePolicy policy,
      Environment environment,
      Optional<TrainedModel> model) {
    ReducedPrecision precision = bundle.manifest().getPrecision();
    if (!bundle.manifest().hasPrecision()) {
      trainedBetas().forEach(beta -> findings.accept(follows(sampler, policy, environment, beta)));
    } else if (model.isPresent()) {
      try (ReducedPolicy reduced = ReducedPolicy.of(policy, model.get(), precision)) {
        trainedBetas()
            .forEach(beta -> findings.accept(follows(sampler, reduced, environment, beta)));
      }
    } else {
      for (float beta : trainedBetas()) {
        VariationReport report =
            SamplingCheck.run(
                sampler, policy, environment, request(beta, SAMPLES), declared(precision, beta));
        findings.accept(new Finding(report.passed(), "sampling", report.summary()));
      }
    }
  }

  private static Finding follows(
      Sampler sampler, StatePolicy policy, Environment environment, float beta) {
    SamplingReport report = SamplingCheck.run(sampler, policy, environment, request(beta, SAMPLES));
    return new Finding(report.passed(), "sampling", report.summary());
  }

  private static double declared(ReducedPrecision precision, float beta) {
    return precision.getDivergenceList().stream()
        .filter(divergence -> divergence.getBeta() == beta)
        .mapToDouble(PrecisionGate::largest)
        .max()
        .orElse(precision.getBound());
  }

  private static Finding origin(Optional<TrainedModel> model) {
    String sources = model.isPresent() ? "its config and the checkpoint" : "its config";
    return new Finding(true, "manifest", "says of the model what follows from " + sources);
  }

  /** Runs the graphs that the rollout is not made of once, on the root and one β. */
  private Finding root(OnnxStatePolicy policy, Environment environment) {
    float[] beta = {bundle.manifest().getTrainedBeta().getHigh()};
    StateBatch root = environment.roots(1);
    Map<String, float[]> outputs = new LinkedHashMap<>();
    outputs.put(BundleFormat.FORWARD_LOGITS, policy.forwardLogits(root, beta));
    if (policy.learnsBackward()) {
      outputs.put(BundleFormat.BACKWARD_LOGITS, policy.backwardLogits(root, beta));
    }
    if (policy.scales()) {
      outputs.put(BundleFormat.FORWARD_SCALE, policy.forwardScale(beta));
    }
    if (policy.scales() && policy.learnsBackward()) {
      outputs.put(BundleFormat.BACKWARD_SCALE, policy.backwardScale(beta));
    }
    outputs.put(BundleFormat.LOG_PARTITION, policy.logPartition(beta));
    List<String> wrong =
        outputs.entrySet().stream()
            .filter(output -> !allFinite(output.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    String where = " in the root at beta " + beta[0];
    return wrong.isEmpty()
        ? new Finding(true, "root", String.join(", ", outputs.keySet()) + " are finite" + where)
        : new Finding(false, "root", String.join(", ", wrong) + " not finite" + where);
  }

  private static boolean allFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private Finding storedParity() {
    Optional<BundleFile> declared =
        bundle.manifest().getReportsList().stream()
            .filter(report -> report.getName().equals(BundleFormat.PARITY_FILE))
            .findFirst();
    if (declared.isEmpty()) {
      return new Finding(false, "parity report", "there is none in the manifest");
    }
    Path file = bundle.directory().resolve(BundleFormat.PARITY_FILE);
    ParityReport report = ParityReport.read(file);
    return new Finding(report.passed(), "parity report", report.summary());
  }

  private Finding parity(TrainedModel model) {
    ParityReport report = new ParityGate(model).measure(bundle, provider);
    return new Finding(report.passed(), "parity", report.summary());
  }

  private Finding rollout(Sampler sampler) {
    float beta = bundle.manifest().getTrainedBeta().getHigh();
    long rows = 0;
    try (CandidateStream candidates = sampler.stream(request(beta, ROLLOUT_ROWS))) {
      while (candidates.hasNext()) {
        rows += candidates.next().rowCount();
      }
    }
    return new Finding(
        rows == ROLLOUT_ROWS, "rollout", rows + " valid objects drawn at beta " + beta);
  }

  private Finding score(Sampler sampler, OnnxStatePolicy policy, Environment environment) {
    if (!Scorer.covers(bundle)) {
      return new Finding(true, "score", "there is no graph of log-probabilities");
    }
    float beta = bundle.manifest().getTrainedBeta().getHigh();
    ScoreReport report = ScoreCheck.run(sampler, policy, environment, request(beta, ROLLOUT_ROWS));
    return new Finding(report.passed(), "score", report.summary());
  }

  private Finding decoding(Sampler sampler) {
    float beta = bundle.manifest().getTrainedBeta().getHigh();
    DecodingReport report = DecodingCheck.run(sampler, request(beta, ROLLOUT_ROWS));
    return new Finding(report.passed(), "decoding", report.summary() + " at beta " + beta);
  }

  private List<Float> trainedBetas() {
    BetaRange range = bundle.manifest().getTrainedBeta();
    float middle = (range.getLow() + range.getHigh()) / 2;
    return Stream.of(range.getLow(), middle, range.getHigh()).distinct().toList();
  }

  private static SampleRequest request(float beta, int count) {
    return SampleRequest.of(new float[] {beta}, count, 0, SEED);
  }

  /**
   * What a check found.
   *
   * @param passed whether it is as it should be
   * @param check name of the check
   * @param detail what was found, one line
   */
  record Finding(boolean passed, String check, String detail) {
    /** Returns the line that a user reads. */
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%-4s %-14s %s", passed ? "ok" : "FAIL", check, detail);
    }
  }
}
