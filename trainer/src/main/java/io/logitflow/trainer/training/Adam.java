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
import java.util.ArrayList;
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
  private static final double EPSILON = 1e-8;

  /** Parameters updated at a time: few enough that the passes over them find them in the cache. */
  private static final int CHUNK = 1 << 15;

  private static final float NO_WEIGHT_DECAY = 0;
  private static final float NO_CLIPPING = -1;

  private final NDManager manager;
  private final NDArray first;
  private final NDArray second;
  private final List<Chunk> chunks = new ArrayList<>();
  private final long[] cuts;
  private final double largestNorm;
  private long steps;

  /** Neighbouring parameters of one group with their moments, views of the whole. */
  private record Chunk(ParameterGroup group, double learningRate, NDArray first, NDArray second) {}

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
    this.first = manager.create(moments.first());
    this.second = manager.create(moments.second());
    this.steps = moments.steps();
    List<Integer> ends = new ArrayList<>();
    List<ParameterGroup> groups = new ArrayList<>();
    for (ParameterBlock block : layout.blocks()) {
      int begin = block.offset();
      int end = begin + block.size();
      // A small block joins the chunk before it where that is of its group and has room.
      int open = ends.size() - 1;
      int chunkBegin = open < 1 ? 0 : ends.get(open - 1);
      if (open >= 0 && groups.get(open) == block.group() && end - chunkBegin <= CHUNK) {
        ends.set(open, end);
        continue;
      }
      while (begin < end) {
        begin = Math.min(end, begin + CHUNK);
        ends.add(begin);
        groups.add(block.group());
      }
    }
    this.cuts = ends.stream().limit(ends.size() - 1L).mapToLong(Integer::longValue).toArray();
    NDList firsts = first.split(cuts, 0);
    NDList seconds = second.split(cuts, 0);
    for (int i = 0; i < groups.size(); i++) {
      double rate = learningRate(config, groups.get(i));
      chunks.add(new Chunk(groups.get(i), rate, firsts.get(i), seconds.get(i)));
    }
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
   * @param gradient [P]
   * @param factor the schedule's factor on all learning rates
   * @param round the round, for messages
   * @return the L2 norm of each group's gradient before it was shortened
   * @throws LogitFlowException if the gradient is not finite
   */
  Map<ParameterGroup, Double> step(NDArray vector, NDArray gradient, double factor, long round) {
    NDList gradients = gradient.split(cuts, 0);
    NDList values = vector.split(cuts, 0);
    Map<ParameterGroup, Double> norms = norms(gradients, round);
    steps++;
    double firstCorrection = 1 - Math.pow(DECAY_FIRST, (double) steps);
    double secondCorrection = Math.sqrt(1 - Math.pow(DECAY_SECOND, (double) steps));
    // The corrections of the moments moved into rate and ε, which leaves the moments as they are.
    double rate = factor * secondCorrection / firstCorrection;
    float epsilon = (float) (EPSILON * secondCorrection);
    for (int i = 0; i < gradients.size(); i++) {
      Chunk chunk = chunks.get(i);
      NDArray value = values.get(i);
      float learningRate = (float) (rate * chunk.learningRate());
      float shortening = (float) Math.min(1, largestNorm / norms.getOrDefault(chunk.group(), 0.0));
      value
          .getNDArrayInternal()
          .adamUpdate(
              new NDList(value, gradients.get(i), chunk.first(), chunk.second()),
              new NDList(value),
              learningRate,
              learningRate,
              NO_WEIGHT_DECAY,
              shortening,
              NO_CLIPPING,
              (float) DECAY_FIRST,
              (float) DECAY_SECOND,
              epsilon,
              false,
              false);
    }
    return norms;
  }

  private Map<ParameterGroup, Double> norms(NDList gradients, long round) {
    Map<ParameterGroup, Double> norms = new EnumMap<>(ParameterGroup.class);
    for (int i = 0; i < gradients.size(); i++) {
      norms.merge(chunks.get(i).group(), (double) gradients.get(i).norm().getFloat(), Math::hypot);
    }
    norms.forEach(
        (group, norm) -> {
          if (!Double.isFinite(norm)) {
            throw new LogitFlowException(
                Category.FAILED,
                "training: found a gradient of norm "
                    + norm
                    + " in round "
                    + round
                    + ", expected a finite one; lower "
                    + learningRateKey(group));
          }
        });
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
