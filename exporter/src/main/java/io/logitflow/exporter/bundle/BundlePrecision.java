package io.logitflow.exporter.bundle;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.exporter.lowering.PolicyLowering;
import io.logitflow.v1.ReducedPrecision;
import java.util.Optional;

/** What the graphs that draw are computed in, chosen before a bundle is written. */
@FunctionalInterface
public interface BundlePrecision {
  /** Computes everything in binary32. */
  BundlePrecision FULL = (model, policy, firstStep) -> Optional.empty();

  /**
   * Chooses, and measures what that costs.
   *
   * @param model the model
   * @param policy its lowering, with nothing reduced
   * @param firstStep the first step, from 1 on, that no table answers
   * @return what the manifest says of it; empty for binary32
   * @throws InvalidInputException if nothing of the model can be reduced
   * @throws LogitFlowException if it costs too much
   */
  Optional<ReducedPrecision> choose(TrainedModel model, PolicyLowering policy, int firstStep);
}
