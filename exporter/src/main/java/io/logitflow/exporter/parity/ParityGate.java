package io.logitflow.exporter.parity;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.exporter.bundle.BundleCheck;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.nio.file.Path;

/**
 * Lets a written bundle pass only if it computes what the trained model does.
 *
 * @param model the model that the bundle claims to be
 */
public record ParityGate(TrainedModel model) implements BundleCheck {
  /**
   * Measures the parity of a bundle with the model.
   *
   * @param bundle an opened bundle
   * @param provider where its rollout runs; the other graphs run on the CPU
   */
  public ParityReport measure(Bundle bundle, ExecutionProvider provider) {
    try (TrainedPolicy trained =
        new TrainedPolicy(model.network(), model.environment(), model.parameters())) {
      if (!bundle.manifest().hasPrecision()) {
        return ParityCheck.run(bundle, model.environment(), trained, provider);
      }
      try (ReducedPolicy drawing =
          ReducedPolicy.of(trained, model, bundle.manifest().getPrecision())) {
        return ParityCheck.run(bundle, model.environment(), trained, drawing, provider);
      }
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws LogitFlowException if an output differs from the trainer's
   */
  @Override
  public String report(Path directory) {
    ParityReport report = measure(Bundle.open(directory), ExecutionProvider.CPU);
    if (!report.passed()) {
      throw new LogitFlowException(
          Category.FAILED,
          "the exported graphs are not seen to be the trainer's: " + report.summary());
    }
    return report.toJson();
  }
}
