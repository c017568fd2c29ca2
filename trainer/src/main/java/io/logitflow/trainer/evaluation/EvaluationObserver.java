package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.environment.ObjectBatch;

/** Sees the objects behind the figures of an evaluation. */
public interface EvaluationObserver {
  /** Sees nothing. */
  EvaluationObserver NONE =
      new EvaluationObserver() {
        @Override
        public void enumerated(double[] scores, double[] logRewards) {}

        @Override
        public void drawn(float beta, ObjectBatch objects, double[] scores) {}
      };

  /**
   * Takes note of every object of the environment.
   *
   * @param scores score of each
   * @param logRewards log R of each
   */
  void enumerated(double[] scores, double[] logRewards);

  /**
   * Takes note of objects drawn from the policy; one β may come in several parts.
   *
   * @param beta inverse temperature
   * @param objects the objects
   * @param scores score of each
   */
  void drawn(float beta, ObjectBatch objects, double[] scores);
}
