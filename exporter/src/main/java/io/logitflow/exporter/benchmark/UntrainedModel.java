package io.logitflow.exporter.benchmark;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.bundle.TrainedModel.ModelOrigin;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environments;
import io.logitflow.trainer.policy.GFlowNet;
import java.util.List;
import java.util.SplittableRandom;

/** Models with the parameters that training would begin with. */
final class UntrainedModel {
  private static final int SEED = 20_261_126;

  private UntrainedModel() {}

  /**
   * Returns a model.
   *
   * @param yaml its configuration
   */
  static TrainedModel of(String yaml) {
    TrainerConfig config = ConfigLoader.parse("the benchmark", yaml, List.of());
    GFlowNet network = GFlowNet.of(config, Environments.create(config.environment()));
    String none = "0".repeat(64);
    return new TrainedModel(
        config,
        yaml,
        network.initialParameters(new SplittableRandom(SEED)),
        new ModelOrigin(0, none, none));
  }
}
