package io.logitflow.trainer.evaluation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code evaluation.json} says of a finished run. Figures that need the exact distribution are
 * absent where objects cannot be enumerated.
 *
 * @param round rounds of training behind the model
 * @param training what training itself showed
 * @param betas one entry for each inverse temperature evaluated
 */
public record EvaluationReport(long round, Training training, List<AtBeta> betas) {
  /**
   * What training showed.
   *
   * @param seconds wall-clock seconds of training in this process
   * @param rewardCalls objects scored in training
   * @param modesFound distinct known modes among them
   * @param modesTotal modes known
   */
  public record Training(double seconds, long rewardCalls, int modesFound, int modesTotal) {}

  /**
   * The model at one inverse temperature.
   *
   * @param beta inverse temperature
   * @param extrapolated whether it lies outside the trained range
   * @param samples objects drawn
   * @param meanScore mean score of the objects drawn
   * @param expectedScoreModel expected score under the model, exact
   * @param expectedScoreTarget expected score under the target, exact
   * @param totalVariation between model and target, exact, 0 to 1
   * @param logZLearned learned log Z(β)
   * @param logZExact log Z(β) by enumeration
   * @param modesFound distinct known modes among the objects drawn
   * @param modesTotal modes known
   * @param candidatesPerSecond rate at which the trainer itself drew them
   */
  public record AtBeta(
      float beta,
      boolean extrapolated,
      int samples,
      double meanScore,
      @Nullable Double expectedScoreModel,
      @Nullable Double expectedScoreTarget,
      @Nullable Double totalVariation,
      @JsonProperty("log_z_learned") double logZLearned,
      @JsonProperty("log_z_exact") @Nullable Double logZExact,
      int modesFound,
      int modesTotal,
      double candidatesPerSecond) {}
}
