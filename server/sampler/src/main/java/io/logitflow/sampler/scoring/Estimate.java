package io.logitflow.sampler.scoring;

/**
 * log p(x; β) from the log weights of trajectories drawn backward from x, whose exponentials have
 * the mean p(x; β).
 *
 * @param logP the logarithm of their mean over the trajectories
 * @param standardError of logP, by the delta method: that of the mean, over the mean
 */
record Estimate(double logP, double standardError) {
  /**
   * Estimates.
   *
   * @param logWeights K of them, at least 2, log P_F − log P_B
   */
  static Estimate of(double[] logWeights) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logWeight : logWeights) {
      largest = Math.max(largest, logWeight);
    }
    double sum = 0;
    for (double logWeight : logWeights) {
      sum += Math.exp(logWeight - largest);
    }
    int count = logWeights.length;
    double logMean = largest + Math.log(sum / count);
    double squares = 0;
    for (double logWeight : logWeights) {
      double deviation = Math.exp(logWeight - logMean) - 1;
      squares += deviation * deviation;
    }
    return new Estimate(logMean, Math.sqrt(squares / (count - 1.0) / count));
  }
}
