package io.logitflow.trainer.reward;

import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.Environment;
import java.nio.file.Path;

/** Creates rewards from their configuration. */
public final class Rewards {
  private Rewards() {}

  /**
   * Creates the reward that a config describes.
   *
   * @param config a validated config
   * @param directory what the config's files are relative to
   * @param environment whose objects are scored, one that the config was validated with
   * @throws io.logitflow.contract.InvalidInputException if a file of the reward, or its target, is
   *     at fault
   */
  public static Reward create(RewardConfig config, Path directory, Environment environment) {
    if (config instanceof RewardConfig.Table table) {
      return TableReward.read(directory.resolve(table.file()), table, environment);
    }
    if (config instanceof RewardConfig.Onnx model) {
      return OnnxReward.open(directory.resolve(model.file()), model, environment);
    }
    if (config instanceof RewardConfig.Motif motif) {
      return MotifReward.read(directory.resolve(motif.file()), motif.pseudocount(), environment);
    }
    if (config instanceof RewardConfig.Hypergrid hypergrid) {
      return new HypergridReward(hypergrid, environment.tokens().size());
    }
    if (config instanceof RewardConfig.BitSequence sequences) {
      return new BitSequenceReward(sequences, environment);
    }
    if (config instanceof RewardConfig.Grpc service) {
      return new ServiceReward(service, environment);
    }
    throw new IllegalArgumentException("no reward for " + config);
  }
}
