package io.logitflow.sampler.bundle;

import io.logitflow.contract.Excerpt;
import io.logitflow.contract.Problem;
import io.logitflow.v1.BetaRange;
import io.logitflow.v1.Divergence;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.QuantisedInputs;
import io.logitflow.v1.ReducedPrecision;
import java.util.List;

/** Whether what a manifest says of reduced precision is in the ranges of {@code bundle.proto}. */
final class PrecisionValidation {
  private static final int FIRST_VERSION = 3;
  private static final int LARGEST_BYTE = 255;
  private static final int MOST_LAYERS = 1_024;
  private static final int MOST_DIVERGENCES = 16;

  private final List<Problem> problems;

  private PrecisionValidation(List<Problem> problems) {
    this.problems = problems;
  }

  /**
   * Finds every fault.
   *
   * @param manifest of which the rest has been checked
   * @param problems receives the faults
   */
  static void check(Manifest manifest, List<Problem> problems) {
    if (manifest.hasPrecision()) {
      new PrecisionValidation(problems).check(manifest, manifest.getPrecision());
    }
  }

  private void check(Manifest manifest, ReducedPrecision precision) {
    int version = manifest.getFormatVersion();
    require(version >= FIRST_VERSION, "", "one", "nothing, since formatVersion is " + version);
    String kind = precision.getKind();
    boolean integers = kind.equals(BundleFormat.INT8);
    require(
        integers || kind.equals(BundleFormat.FP16),
        ".kind",
        "\"" + kind + "\"",
        "\"fp16\" or \"int8\"");
    int last = manifest.getEnvironment().getMaximumSteps() - 1;
    int first = precision.getFirstStep();
    require(first >= 1 && first <= last, ".firstStep", first, "1 to " + last);
    int inputs = precision.getInputsCount();
    require(
        integers ? inputs >= 1 && inputs <= MOST_LAYERS : inputs == 0,
        ".inputs",
        inputs + " of them",
        integers ? "1 to " + MOST_LAYERS : "none, since kind is " + kind);
    for (int i = 0; i < Math.min(inputs, MOST_LAYERS); i++) {
      QuantisedInputs input = precision.getInputs(i);
      String field = ".inputs[" + i + "]";
      positive(field + ".scale", input.getScale());
      require(
          input.getZeroPoint() >= 0 && input.getZeroPoint() <= LARGEST_BYTE,
          field + ".zeroPoint",
          input.getZeroPoint(),
          "0 to " + LARGEST_BYTE);
    }
    double bound = precision.getBound();
    require(bound > 0 && bound <= 1, ".bound", bound, "above 0, at most 1");
    int divergences = precision.getDivergenceCount();
    require(
        divergences >= 1 && divergences <= MOST_DIVERGENCES,
        ".divergence",
        divergences + " of them",
        "1 to " + MOST_DIVERGENCES);
    for (int i = 0; i < Math.min(divergences, MOST_DIVERGENCES); i++) {
      divergence(".divergence[" + i + "]", precision.getDivergence(i), bound);
    }
    ends(manifest.getTrainedBeta(), precision.getDivergenceList());
  }

  private void divergence(String field, Divergence divergence, double bound) {
    boolean exact = divergence.getKind().equals(BundleFormat.EXACT);
    positive(field + ".beta", divergence.getBeta());
    require(
        exact || divergence.getKind().equals(BundleFormat.ESTIMATE),
        field + ".kind",
        "\"" + divergence.getKind() + "\"",
        "\"exact\" or \"estimate\"");
    double error = divergence.getStandardError();
    require(
        exact ? error == 0 : error >= 0 && Double.isFinite(error),
        field + ".standardError",
        error,
        exact ? "0, since kind is exact" : "a finite number, at least 0");
    require(
        exact ? divergence.getTrajectories() == 0 : divergence.getTrajectories() > 1,
        field + ".trajectories",
        divergence.getTrajectories(),
        exact ? "0, since kind is exact" : "at least 2");
    double found = divergence.getTotalVariation();
    require(
        found >= 0 && found + 2 * error <= bound,
        field + ".totalVariation",
        found + (exact ? "" : " with standard error " + error),
        "at least 0, and at most the bound, "
            + bound
            + (exact ? "" : ", less two standard errors"));
  }

  private void ends(BetaRange range, List<Divergence> divergences) {
    if (!divergences.isEmpty()) {
      float low = divergences.get(0).getBeta();
      float high = divergences.get(divergences.size() - 1).getBeta();
      require(
          low == range.getLow() && high == range.getHigh(),
          ".divergence",
          "beta " + low + " to " + high,
          range.getLow() + " to " + range.getHigh() + ", as trainedBeta");
    }
  }

  private void positive(String field, double value) {
    require(value > 0 && Double.isFinite(value), field, value, "a finite number above 0");
  }

  private void require(boolean holds, String field, Object found, String expected) {
    if (!holds) {
      problems.add(
          new Problem(
              BundleFormat.MANIFEST_FILE + " precision" + field, Excerpt.of(found), expected));
    }
  }
}
