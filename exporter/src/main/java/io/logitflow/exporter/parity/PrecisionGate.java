package io.logitflow.exporter.parity;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.exporter.bundle.BundlePrecision;
import io.logitflow.exporter.bundle.ManifestReduction;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.lowering.PolicyLowering;
import io.logitflow.exporter.lowering.Precision;
import io.logitflow.exporter.lowering.QuantisedRange;
import io.logitflow.exporter.lowering.Reduction;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.v1.Divergence;
import io.logitflow.v1.ReducedPrecision;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reduces a model's precision if what it then draws stays near what it drew, at the ends and in the
 * middle of the trained range of β.
 *
 * @param precision not {@link Precision#FP32}
 * @param bound the largest total variation, two standard errors of an estimate added to it
 */
public record PrecisionGate(Precision precision, double bound) implements BundlePrecision {
  /** The bound unless another one is asked for. */
  public static final double DEFAULT_BOUND = 0.02;

  /**
   * {@inheritDoc}
   *
   * @throws InvalidInputException if the policy has no product between two hidden layers, or none
   *     is computed in any step
   * @throws LogitFlowException if the divergence is above the bound
   */
  @Override
  public Optional<ReducedPrecision> choose(
      TrainedModel model, PolicyLowering policy, int firstStep) {
    Environment environment = model.environment();
    if (Reduction.products(model.network()) == 0) {
      throw refusal("the policy has no two hidden layers, whose product could be reduced");
    }
    if (firstStep >= environment.maximumSteps()) {
      throw refusal("constants and tables answer every step (--table-budget 0 for no tables)");
    }
    float[] betas = betas(model);
    try (TrainedPolicy trained =
        new TrainedPolicy(model.network(), environment, model.parameters())) {
      List<QuantisedRange> ranges =
          precision == Precision.INT8
              ? HiddenRanges.of(trained, policy, environment, firstStep, betas)
              : List.of();
      Reduction reduction = new Reduction(precision, firstStep, ranges);
      try (ReducedPolicy reduced = new ReducedPolicy(trained, policy, environment, reduction)) {
        List<Divergence> divergences =
            PolicyDivergence.measure(environment, trained, reduced, betas);
        divergences.forEach(this::requireWithinBound);
        return Optional.of(
            ManifestReduction.describe(reduction)
                .addAllDivergence(divergences)
                .setBound(bound)
                .build());
      }
    }
  }

  private InvalidInputException refusal(String reason) {
    return new InvalidInputException("--precision", precision.text(), "fp32, since " + reason);
  }

  private static float[] betas(TrainedModel model) {
    float low = model.config().training().lowestBeta();
    float high = model.config().training().highestBeta();
    return low == high ? new float[] {low} : new float[] {low, (low + high) / 2, high};
  }

  private void requireWithinBound(Divergence divergence) {
    // A NaN is above every bound.
    if (!(largest(divergence) <= bound)) {
      throw new LogitFlowException(
          Category.FAILED,
          String.format(
              Locale.ROOT,
              "--precision %s: at beta %s %s, above the bound of %s (--divergence-bound)",
              precision.text(),
              divergence.getBeta(),
              summary(divergence),
              bound));
    }
  }

  /** Returns a total variation, and two standard errors where it is an estimate. */
  public static double largest(Divergence divergence) {
    return divergence.getTotalVariation() + 2 * divergence.getStandardError();
  }

  /** Returns a divergence in words, without its inverse temperature. */
  public static String summary(Divergence divergence) {
    return String.format(Locale.ROOT, "total variation %.2g", divergence.getTotalVariation())
        + (divergence.getTrajectories() == 0
            ? " exactly"
            : String.format(
                Locale.ROOT,
                " +- %.2g, estimated from %,d trajectories",
                divergence.getStandardError(),
                divergence.getTrajectories()));
  }
}
