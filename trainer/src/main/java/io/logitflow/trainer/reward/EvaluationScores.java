package io.logitflow.trainer.reward;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.environment.ObjectBatch;
import java.nio.IntBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scores for evaluations of a run. Where every score has its price, what the run's ledger keeps or
 * awaits is not asked for again, and every other object once in an evaluation; from one evaluation
 * to the next as many scores are kept as in the ledger. The ledger itself does not change and
 * counts nothing, so that training goes on as if it were not evaluated. Not thread-safe.
 */
public final class EvaluationScores {
  private final ScoreLedger paid;

  /** Scores that evaluations have asked for, the oldest first. */
  private final Map<IntBuffer, Double> kept = new LinkedHashMap<>();

  private long calls;

  /**
   * Creates scores of which evaluations have not asked for any.
   *
   * @param paid the run's ledger, looked at again for each batch
   */
  public EvaluationScores(ScoreLedger paid) {
    this.paid = paid;
  }

  /** Returns whether every score has its price. */
  public boolean metered() {
    return paid.source().reward().metered();
  }

  /** Returns how scores become log rewards. */
  public LogRewardTransform transform() {
    return paid.source().transform();
  }

  /** Begins another evaluation: what exceeds the ledger's capacity is forgotten. */
  public void beginEvaluation() {
    ScoreLedger.shrink(kept, paid.capacity());
  }

  /**
   * Returns scores, kept or asked for.
   *
   * @param objects N objects
   * @return [N] finite scores, untransformed
   * @throws LogitFlowException if a score cannot be had
   */
  public double[] scores(ObjectBatch objects) {
    if (!metered()) {
      double[] scores = paid.source().scores(objects);
      calls += scores.length;
      return scores;
    }
    Map<IntBuffer, Double> asked = new LinkedHashMap<>();
    double[] scores = ScoreLedger.scores(objects, this::known, paid.source(), asked);
    calls += asked.size();
    kept.putAll(asked);
    return scores;
  }

  private @Nullable Double known(IntBuffer object) {
    Double score = paid.paid(object);
    return score == null ? kept.get(object) : score;
  }

  /** Returns how many objects the reward has been asked for here. */
  public long calls() {
    return calls;
  }
}
