package io.logitflow.exporter.bundle;

import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.checkpoint.Weights;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Environments;
import io.logitflow.trainer.policy.GFlowNet;

/** What an export needs of a checkpoint: networks, environment, parameters and their origin. */
public final class TrainedModel {
  private final TrainerConfig config;
  private final String configYaml;
  private final float[] parameters;
  private final ModelOrigin origin;
  private final Environment environment;
  private final GFlowNet network;

  /**
   * Creates a model.
   *
   * @param config effective configuration of the run
   * @param configYaml the same as YAML
   * @param parameters [P]
   * @param origin where the parameters come from
   */
  public TrainedModel(
      TrainerConfig config, String configYaml, float[] parameters, ModelOrigin origin) {
    this.config = config;
    this.configYaml = configYaml;
    this.parameters = parameters.clone();
    this.origin = origin;
    this.environment = Environments.create(config.environment());
    this.network = GFlowNet.of(config, environment);
  }

  /**
   * Returns the model of a checkpoint.
   *
   * @param checkpoint a loaded checkpoint
   * @param weights which of its parameters
   * @throws io.logitflow.contract.InvalidInputException if the checkpoint does not have them
   */
  public static TrainedModel of(Checkpoint checkpoint, Weights weights) {
    return new TrainedModel(
        checkpoint.config(),
        checkpoint.configYaml(),
        checkpoint.parameters(weights),
        new ModelOrigin(
            checkpoint.round(), checkpoint.parametersSha256(weights), checkpoint.rewardSha256()));
  }

  /** Returns the effective configuration of the run. */
  public TrainerConfig config() {
    return config;
  }

  /** Returns the effective configuration as YAML. */
  public String configYaml() {
    return configYaml;
  }

  /** Returns a copy of the parameters, [P]. */
  public float[] parameters() {
    return parameters.clone();
  }

  /** Returns where the parameters come from. */
  public ModelOrigin origin() {
    return origin;
  }

  /** Returns the environment that objects are built in. */
  public Environment environment() {
    return environment;
  }

  /** Returns the networks. */
  public GFlowNet network() {
    return network;
  }

  /**
   * Where parameters come from.
   *
   * @param round rounds of training behind them
   * @param parametersSha256 SHA-256 of the checkpoint's file of these parameters
   * @param rewardSha256 SHA-256 of the reward's data
   */
  public record ModelOrigin(long round, String parametersSha256, String rewardSha256) {}
}
