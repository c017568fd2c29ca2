package io.logitflow.exporter.bundle;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.lowering.Precision;
import io.logitflow.exporter.lowering.QuantisedRange;
import io.logitflow.exporter.lowering.Reduction;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.v1.QuantisedInputs;
import io.logitflow.v1.ReducedPrecision;

/** Reductions as manifests say them. */
public final class ManifestReduction {
  private ManifestReduction() {}

  /**
   * Describes a reduction, without what it costs.
   *
   * @param reduction the reduction
   */
  public static ReducedPrecision.Builder describe(Reduction reduction) {
    ReducedPrecision.Builder described =
        ReducedPrecision.newBuilder()
            .setKind(reduction.precision().text())
            .setFirstStep(reduction.firstStep());
    for (QuantisedRange range : reduction.ranges()) {
      described.addInputs(
          QuantisedInputs.newBuilder().setScale(range.scale()).setZeroPoint(range.zeroPoint()));
    }
    return described;
  }

  /**
   * Returns a reduction.
   *
   * @param described what a manifest that was checked says of it
   * @param network of the model
   * @throws InvalidInputException if the model has other layers
   */
  public static Reduction of(ReducedPrecision described, GFlowNet network) {
    boolean integers = described.getKind().equals(BundleFormat.INT8);
    int products = Reduction.products(network);
    if (products == 0 || (integers && described.getInputsCount() != products)) {
      throw new InvalidInputException(
          BundleFormat.MANIFEST_FILE + " precision.inputs",
          described.getInputsCount() + " of them, kind " + described.getKind(),
          products + ", for the products between two hidden layers of the config");
    }
    return new Reduction(
        integers ? Precision.INT8 : Precision.FP16,
        described.getFirstStep(),
        described.getInputsList().stream()
            .map(inputs -> new QuantisedRange(inputs.getScale(), inputs.getZeroPoint()))
            .toList());
  }
}
