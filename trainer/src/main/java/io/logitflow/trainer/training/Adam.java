package io.logitflow.trainer.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.trainer.config.OptimiserConfig;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.ParameterGroup;
import io.logitflow.trainer.policy.ParameterLayout;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Adam (Kingma and Ba 2015, algorithm 1) on the flat parameter vector, with a learning rate for
 * each group of parameters and the L2 norm of each group's gradient bounded before the update.
 */
final class Adam implements AutoCloseable {
  private static final double DECAY_FIRST = 0.9;
  private static final double DECAY_SECOND = 0.999;
  private static final float EPSILON = 1e-8f;

  private final NDManager manager;
  private final NDArray first;
  private final NDArray second;
  private final NDArray learningRates;
  private final NDArray keepFirst;
  private final NDArray takeFirst;
  private final NDArray keepSecond;
  private final NDArray takeSecond;
  private final NDArray epsilon;
  private final List<ParameterGroup> groups;
  private final long[] groupCuts;
  private final double largestNorm;
  private long steps;

  /**
   * Creates the optimiser.
   *
   * @param parent owner of its tensors
   * @param layout groups of parameters
   * @param config rates and the bound of norms
   * @param moments what it remembers of earlier steps
   */
  Adam(NDManager parent, ParameterLayout layout, OptimiserConfig config, Moments moments) {
    this.manager = parent.newSubManager();
    float[] rates = new float[layout.size()];
    for (ParameterBlock block : layout.blocks()) {
      float rate = (float) learningRate(config, block.group());
      Arrays.fill(rates, block.offset(), block.offset() + block.size(), rate);
    }
    this.learningRates = manager.create(rates);
    this.first = manager.create(moments.first());
    this.second = manager.create(moments.second());
    this.steps = moments.steps();
    this.keepFirst = manager.create((float) DECAY_FIRST);
    this.takeFirst = manager.create((float) (1 - DECAY_FIRST));
    this.keepSecond = manager.create((float) DECAY_SECOND);
    this.takeSecond = manager.create((float) (1 - DECAY_SECOND));
    this.epsilon = manager.create(EPSILON);
    this.groups = layout.blocks().stream().map(ParameterBlock::group).distinct().toList();
    this.groupCuts = layout.groupOffsets().stream().skip(1).mapToLong(offset -> offset).toArray();
    this.largestNorm = config.gradientNorm();
  }

  private static double learningRate(OptimiserConfig config, ParameterGroup group) {
    return switch (group) {
      case POLICY -> config.policyLearningRate();
      case TABLE -> config.tableLearningRate();
      case SCALE -> config.scaleLearningRate();
      case LOG_PARTITION -> config.logPartitionLearningRate();
      case STATE_FLOW -> config.stateFlowLearningRate();
    };
  }

  /**
   * Returns the config's key of a group's learning rate.
   *
   * @param group a group of parameters
   */
  static String learningRateKey(ParameterGroup group) {
    return "optimiser." + group.name().toLowerCase(Locale.ROOT) + "_learning_rate";
  }

  /**
   * Takes one step downhill.
   *
   * @param vector [P] parameters without gradient, updated in place
   * @param gradient [P], shortened in place where a group's norm is too long
   * @param factor the schedule's factor on all learning rates
   * @param round the round, for messages
   * @return the L2 norm of each group's gradient before it was shortened
   * @throws LogitFlowException if the gradient is not finite
   */
  Map<ParameterGroup, Double> step(NDArray vector, NDArray gradient, double factor, long round) {
    NDList parts = gradient.split(groupCuts, 0);
    Map<ParameterGroup, Double> norms = new EnumMap<>(ParameterGroup.class);
    for (int i = 0; i < parts.size(); i++) {
      NDArray group = parts.get(i);
      double norm = Math.sqrt(group.square().sum().getFloat());
      norms.put(groups.get(i), norm);
      if (!Double.isFinite(norm)) {
        throw new LogitFlowException(
            Category.FAILED,
            "training: found a gradient of norm "
                + norm
                + " in round "
                + round
                + ", expected a finite one; lower "
                + learningRateKey(groups.get(i)));
      }
      if (norm > largestNorm) {
        group.muli(largestNorm / norm);
      }
    }
    steps++;
    first.muli(keepFirst).addi(gradient.mul(takeFirst));
    second.muli(keepSecond).addi(gradient.square().muli(takeSecond));
    double firstCorrection = 1 - Math.pow(DECAY_FIRST, (double) steps);
    double secondCorrection = 1 - Math.pow(DECAY_SECOND, (double) steps);
    NDArray denominator = second.mul((float) (1 / secondCorrection)).sqrt().addi(epsilon);
    NDArray update =
        first.mul(learningRates).muli((float) (factor / firstCorrection)).divi(denominator);
    vector.subi(update);
    return norms;
  }

  /** Returns the number of steps taken. */
  long steps() {
    return steps;
  }

  /** Returns the moments and the number of steps behind them. */
  Moments moments() {
    return new Moments(steps, first.toFloatArray(), second.toFloatArray());
  }

  @Override
  public void close() {
    manager.close();
  }
}
