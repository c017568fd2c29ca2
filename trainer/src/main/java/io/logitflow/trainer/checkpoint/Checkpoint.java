package io.logitflow.trainer.checkpoint;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.training.TrainingState;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A saved state of a run.
 *
 * @param config the run's effective configuration
 * @param configYaml the same, as YAML
 * @param data the data files behind the run
 * @param parametersSha256 SHA-256 of the file of parameters
 * @param averageSha256 SHA-256 of the file of averaged parameters, where there is one
 * @param state what the run needs to go on
 */
public record Checkpoint(
    TrainerConfig config,
    String configYaml,
    DataFingerprints data,
    String parametersSha256,
    Optional<String> averageSha256,
    TrainingState state) {
  /**
   * Loads the newest checkpoint of a run.
   *
   * @param directory the run's directory, as {@code ./logitflow train --out} names it
   * @throws InvalidInputException if there is none, or a file of it is missing, damaged or of a
   *     version that is not known
   */
  public static Checkpoint load(Path directory) {
    return CheckpointStore.require(directory);
  }

  /** Returns the SHA-256 of the data that scores come from. */
  public String rewardSha256() {
    return data.reward();
  }

  /** Returns the number of rounds done. */
  public long round() {
    return state.round();
  }

  /**
   * Returns the parameters that a model has.
   *
   * @param weights which
   * @return [P]
   * @throws InvalidInputException if the checkpoint does not have them
   */
  public float[] parameters(Weights weights) {
    return weights == Weights.LAST
        ? parameters()
        : averagedParameters().orElseThrow(Checkpoint::noAverage);
  }

  /**
   * Returns the SHA-256 of the file of the parameters that a model has.
   *
   * @param weights which
   * @throws InvalidInputException if the checkpoint does not have them
   */
  public String parametersSha256(Weights weights) {
    return weights == Weights.LAST
        ? parametersSha256
        : averageSha256.orElseThrow(Checkpoint::noAverage);
  }

  private static InvalidInputException noAverage() {
    return new InvalidInputException(
        "--weights", "averaged", "last: the run keeps no average, optimiser.average is not set");
  }

  /** Returns the flat parameter vector, [P]. */
  public float[] parameters() {
    return state.parameters();
  }

  /** Returns the moving average of the parameters, [P], where the config asks for one. */
  public Optional<float[]> averagedParameters() {
    return state.average();
  }
}
