package io.logitflow.trainer.benchmark;

import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.DistinctStates;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.training.StepPart;
import io.logitflow.trainer.training.TimedRounds;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Median;

/** A step that is measured, block of rounds by block of rounds. */
final class MeasuredStep implements AutoCloseable {
  private final StepCase step;
  private final TimedRounds rounds;
  private final List<Integer> widths;
  private final List<Block> blocks = new ArrayList<>();
  private Map<StepPart, Double> parts = new EnumMap<>(StepPart.class);
  private double last;

  /** What a block of rounds took, for a round. */
  private record Block(
      Map<StepPart, Double> parts,
      double wallSeconds,
      double allocatedBytes,
      double states,
      double distinct) {
    double total() {
      return parts.values().stream().mapToDouble(Double::doubleValue).sum();
    }
  }

  /**
   * Initialises the policy.
   *
   * @param step batch and width are those of the config
   * @param config the run
   * @param environment its environment
   * @param logReward its log rewards
   */
  MeasuredStep(StepCase step, TrainerConfig config, Environment environment, LogReward logReward) {
    this.step = step;
    this.widths = GFlowNet.of(config, environment).forward().network().orElseThrow().widths();
    this.rounds = new TimedRounds(config, environment, logReward, step.sharesStates(), this::ended);
  }

  private void ended(StepPart part) {
    double now = ThreadMeter.cpuMilliseconds();
    parts.merge(part, now - last, Double::sum);
    last = now;
  }

  /**
   * Runs rounds that are not counted.
   *
   * @return CPU milliseconds of the last of them
   */
  double warmUp(double cpuMilliseconds) {
    double end = ThreadMeter.cpuMilliseconds() + cpuMilliseconds;
    double start;
    do {
      start = ThreadMeter.cpuMilliseconds();
      last = start;
      rounds.run();
    } while (ThreadMeter.cpuMilliseconds() < end);
    return ThreadMeter.cpuMilliseconds() - start;
  }

  /** Runs and counts a block of rounds. */
  void measure(int count) {
    parts = new EnumMap<>(StepPart.class);
    long allocated = ThreadMeter.allocatedBytes();
    long start = System.nanoTime();
    last = ThreadMeter.cpuMilliseconds();
    TrajectoryBatch drawn = rounds.run();
    for (int i = 1; i < count; i++) {
      drawn = rounds.run();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double bytes = (double) (ThreadMeter.allocatedBytes() - allocated) / count;
    parts.replaceAll((part, total) -> total / count);
    long taken = IntStream.of(drawn.actions()).filter(action -> action >= 0).count();
    int distinct = DistinctStates.of(drawn.states(), 0, drawn.actions().length).states().rows();
    blocks.add(new Block(parts, seconds / count, bytes, taken, distinct));
  }

  /**
   * Returns the medians of the blocks.
   *
   * @param operationsPerMillisecond the rate of large matrix products meanwhile
   */
  StepFigures figures(double operationsPerMillisecond) {
    Map<StepPart, Double> medians = new EnumMap<>(StepPart.class);
    for (StepPart part : StepPart.values()) {
      medians.put(part, median(block -> block.parts().getOrDefault(part, 0.0)));
    }
    double states = median(Block::states);
    double distinct = median(Block::distinct);
    double operations = OperationCount.round(widths, step.sharesStates() ? distinct : states);
    return new StepFigures(
        step,
        medians,
        median(Block::total),
        operations / operationsPerMillisecond,
        1 / median(Block::wallSeconds),
        operationsPerMillisecond,
        states,
        distinct,
        median(Block::allocatedBytes));
  }

  private double median(ToDoubleFunction<Block> figure) {
    return Median.withDefaults().evaluate(blocks.stream().mapToDouble(figure).toArray());
  }

  @Override
  public void close() {
    rounds.close();
  }
}
