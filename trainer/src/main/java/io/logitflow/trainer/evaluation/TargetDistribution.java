package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.reward.EvaluationScores;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The target R(x)^β / Z(β) over all objects of an environment that can be enumerated.
 *
 * @param scores the score of every object, by its index
 * @param logRewards log R likewise
 */
record TargetDistribution(double[] scores, double[] logRewards) {
  private static final int CHUNK = 1000;

  /**
   * Scores every object.
   *
   * @param environment an environment that {@link ExactDistribution#covers} accepts
   * @param source their scores
   */
  static TargetDistribution of(Environment environment, EvaluationScores source) {
    double[] scores = new double[Math.toIntExact(environment.objectCount().orElseThrow())];
    for (int first = 0; first < scores.length; first += CHUNK) {
      int rows = Math.min(CHUNK, scores.length - first);
      double[] chunk = source.scores(environment.objects(first, rows));
      System.arraycopy(chunk, 0, scores, first, rows);
    }
    return new TargetDistribution(scores, source.transform().logRewards(scores));
  }

  /** Returns log Z(β). */
  double logPartition(double beta) {
    return ExactDistribution.logPartition(logRewards, beta);
  }

  /**
   * Draws objects.
   *
   * @param environment whose objects they are
   * @param beta inverse temperature
   * @param count N
   * @param random source of randomness
   */
  ObjectBatch draw(Environment environment, double beta, int count, RandomGenerator random) {
    double[] cumulative = ExactDistribution.target(logRewards, beta);
    Arrays.parallelPrefix(cumulative, Double::sum);
    int last = cumulative.length - 1;
    int width = environment.maximumLength();
    ObjectBatch drawn = new ObjectBatch(count, width, new int[count * width], new int[count]);
    for (int row = 0; row < count; row++) {
      int found = Arrays.binarySearch(cumulative, random.nextDouble() * cumulative[last]);
      // Found exactly, the number belongs to the object behind that end.
      int index = Math.min(last, found >= 0 ? found + 1 : -found - 1);
      ObjectBatch object = environment.objects(index, 1);
      System.arraycopy(object.tokens(), 0, drawn.tokens(), row * width, width);
      drawn.lengths()[row] = object.lengths()[0];
    }
    return drawn;
  }

  /**
   * Compares a model with the target.
   *
   * @param logModel log p(x; β) of every object under the model
   * @param beta inverse temperature
   * @param logZLearned the model's log Z(β)
   */
  EvaluationReport.Exact compare(double[] logModel, double beta, double logZLearned) {
    double logPartition = logPartition(beta);
    double[] logWeights = Arrays.stream(logRewards).map(value -> beta * value).toArray();
    double variation = 0;
    double modelToMiddle = 0;
    double targetToMiddle = 0;
    double modelToTarget = 0;
    double targetToModel = 0;
    double entropyModel = 0;
    double entropyTarget = 0;
    double scoreModel = 0;
    double scoreTarget = 0;
    for (int object = 0; object < scores.length; object++) {
      double logP = logModel[object];
      double logQ = logWeights[object] - logPartition;
      double logMiddle = LogSum.add(logP, logQ) - Math.log(2);
      double p = Math.exp(logP);
      double q = Math.exp(logQ);
      variation += Math.abs(p - q) / 2;
      modelToMiddle += p * (logP - logMiddle);
      targetToMiddle += q * (logQ - logMiddle);
      modelToTarget += p * (logP - logQ);
      targetToModel += q * (logQ - logP);
      entropyModel -= p * logP;
      entropyTarget -= q * logQ;
      scoreModel += p * scores[object];
      scoreTarget += q * scores[object];
    }
    return new EvaluationReport.Exact(
        scoreModel,
        scoreTarget,
        variation,
        Math.max(0, (modelToMiddle + targetToMiddle) / 2),
        Math.max(0, modelToTarget),
        Math.max(0, targetToModel),
        entropyModel,
        entropyTarget,
        logPartition,
        logZLearned - logPartition,
        Correlation.pearson(logModel, logWeights),
        Correlation.spearman(logModel, logWeights));
  }
}
