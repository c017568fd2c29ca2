package io.logitflow.trainer.evaluation;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code evaluation.json} says of a model. Figures that need all objects are absent where
 * these cannot be enumerated, or where each score has its price. Logarithms are natural, entropies
 * and divergences in nats.
 *
 * @param round rounds of training behind the model
 * @param training what training itself showed; absent where a checkpoint is evaluated
 * @param rewardCalls objects that the reward has been asked for by the evaluations of this process,
 *     which training does not count; where every score has its price none that the run's ledger
 *     keeps, and the others once
 * @param betas one entry for each inverse temperature evaluated
 */
public record EvaluationReport(
    long round, @Nullable Training training, long rewardCalls, List<AtBeta> betas) {
  /**
   * What training showed.
   *
   * @param seconds wall-clock seconds of training in this process
   * @param rewardCalls objects that the reward has been asked for in training
   * @param modesFound distinct listed modes among the objects found; absent where none are listed
   * @param modesTotal modes listed; likewise
   */
  public record Training(
      double seconds,
      long rewardCalls,
      @Nullable Integer modesFound,
      @Nullable Integer modesTotal) {}

  /**
   * The model at one inverse temperature. In JSON the figures of samples, bounds and enumeration
   * stand beside β itself.
   *
   * @param beta inverse temperature
   * @param extrapolated whether it lies outside the trained range
   * @param logZLearned learned log Z(β)
   * @param sampled what objects drawn from the model show
   * @param bounds bounds of log Z(β) from trajectories
   * @param exact what the enumeration of all objects shows
   * @param testSet how log p(x; β) of the test set goes with its rewards
   */
  public record AtBeta(
      float beta,
      boolean extrapolated,
      @JsonProperty("log_z_learned") double logZLearned,
      @JsonUnwrapped Sampled sampled,
      @JsonUnwrapped Bounds bounds,
      @JsonUnwrapped @Nullable Exact exact,
      TestSetFigures testSet) {}

  /**
   * What objects drawn from the model show.
   *
   * @param samples objects drawn
   * @param meanScore their mean score, an estimate of the expected score
   * @param medianScore their median score
   * @param top k, how many of the highest scores are looked at by themselves
   * @param topMeanScore mean score of these
   * @param topDiversity mean distance of two of these: positions in which they differ, edits where
   *     lengths vary; an object drawn twice counts twice; absent where k is 1
   * @param modesFound distinct known modes among the objects drawn; by the Hamming rule where modes
   *     are not known; absent where the config does not say what a mode is
   * @param modesTotal modes known; absent where they are not
   * @param candidatesPerSecond rate at which the trainer itself drew them
   * @param scoreHistogram the scores by buckets
   * @param tokenCounts how many of the objects have each token at each position, [S, V]; absent
   *     where there are more than 26 tokens
   */
  public record Sampled(
      int samples,
      double meanScore,
      double medianScore,
      int top,
      double topMeanScore,
      @Nullable Double topDiversity,
      @Nullable Integer modesFound,
      @Nullable Integer modesTotal,
      double candidatesPerSecond,
      ScoreHistogram scoreHistogram,
      long @Nullable [][] tokenCounts) {}

  /**
   * Scores by buckets of equal width, from the lowest score to the highest: of all objects where
   * they are enumerated, else of those drawn. A score on an edge belongs to the bucket above it,
   * the highest to the last.
   *
   * @param edges ends of the buckets, ascending, [B + 1]
   * @param sampled objects drawn in each, [B]
   * @param model exact probability of each under the model, [B]
   * @param target exact probability of each under the target, [B]
   */
  public record ScoreHistogram(
      double[] edges, double[] sampled, double @Nullable [] model, double @Nullable [] target) {}

  /**
   * Bounds of log Z(β) from the weights w(τ) = β log R(x) + log P_B(τ | x) − log P_F(τ) of
   * trajectories (Blessing et al. 2024, "Beyond ELBOs: A Large-Scale Evaluation of Variational
   * Methods for Sampling"). All are log Z where the model is perfect.
   *
   * @param elbo evidence lower bound, the mean of w over trajectories of the model
   * @param logZImportance log of the mean of e^w over the same, an estimate of log Z
   * @param eubo evidence upper bound, the mean of w over trajectories of the target
   * @param euboSource where these came from
   * @param effectiveSamples (Σ e^w)² / Σ e^2w over trajectories of the model: how many draws of the
   *     target they are worth
   */
  public record Bounds(
      double elbo,
      @JsonProperty("log_z_importance") double logZImportance,
      double eubo,
      EuboSource euboSource,
      double effectiveSamples) {}

  /** Where the trajectories of the target behind a EUBO come from. */
  public enum EuboSource {
    /** Objects drawn from the exact target, trajectories backward with P_B. */
    @JsonProperty("target")
    TARGET,
    /**
     * The model's own trajectories, weighted by e^w / Σ e^w. Blind to what the model never draws:
     * an estimate, which is above the ELBO but may be below log Z.
     */
    @JsonProperty("importance")
    IMPORTANCE
  }

  /**
   * What the enumeration of all objects shows, p being the model and q the target.
   *
   * @param expectedScoreModel expected score under the model
   * @param expectedScoreTarget expected score under the target
   * @param totalVariation ½ Σ |p − q|, 0 to 1
   * @param jensenShannon ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = ½ (p + q), 0 to log 2
   * @param klModelTarget KL(p ‖ q) = Σ p log(p / q)
   * @param klTargetModel KL(q ‖ p)
   * @param entropyModel −Σ p log p
   * @param entropyTarget −Σ q log q
   * @param logZExact log Z(β)
   * @param logZError learned log Z(β) less the exact
   * @param pearson correlation of log p with β log R over all objects; absent where either is the
   *     same for all
   * @param spearman the same of the ranks
   */
  public record Exact(
      double expectedScoreModel,
      double expectedScoreTarget,
      double totalVariation,
      double jensenShannon,
      double klModelTarget,
      double klTargetModel,
      double entropyModel,
      double entropyTarget,
      @JsonProperty("log_z_exact") double logZExact,
      @JsonProperty("log_z_error") double logZError,
      @Nullable Double pearson,
      @Nullable Double spearman) {}

  /**
   * How log p(x; β) of the test set goes with β log R(x).
   *
   * @param objects objects of the test set
   * @param exact how many of their log-probabilities are exact; the others are estimated
   * @param meanStandardError mean standard error of those estimated; absent where all are exact
   * @param pearson their correlation; absent where either is the same for all
   * @param spearman the same of the ranks
   */
  public record TestSetFigures(
      int objects,
      int exact,
      @Nullable Double meanStandardError,
      @Nullable Double pearson,
      @Nullable Double spearman) {}

  /**
   * The model on the interval of training or at its end, a line of {@code evaluations.jsonl}.
   *
   * @param round rounds of training behind the model
   * @param rewardCalls objects that the reward has been asked for in training by then
   * @param betas one entry for each inverse temperature evaluated
   */
  public record AtRound(long round, long rewardCalls, List<AtBeta> betas) {}
}
