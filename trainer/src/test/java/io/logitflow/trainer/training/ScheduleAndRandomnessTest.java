package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.config.ExplorationConfig;
import io.logitflow.trainer.config.OptimiserConfig;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.training.RandomStreams.Purpose;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleAndRandomnessTest {
  @Test
  void ratesWarmUpAndFallAlongHalfACosine() {
    LearningRateSchedule schedule =
        new LearningRateSchedule(100, optimiser(new OptimiserConfig.Cosine(0.2), 10));
    assertThat(schedule.factor(0)).isCloseTo(0.1, within(1e-12));
    assertThat(schedule.factor(50)).isCloseTo(0.6, within(1e-12));
    assertThat(schedule.factor(99)).isCloseTo(0.2 + 0.8 * 0.000246719817, within(1e-9));
    LearningRateSchedule constant =
        new LearningRateSchedule(100, optimiser(new OptimiserConfig.Constant(), 4));
    assertThat(constant.factor(0)).isCloseTo(0.25, within(1e-12));
    assertThat(constant.factor(3)).isEqualTo(1);
    assertThat(constant.factor(73)).isEqualTo(1);
    LearningRateSchedule atOnce =
        new LearningRateSchedule(100, optimiser(new OptimiserConfig.Cosine(0), 0));
    assertThat(atOnce.factor(0)).isEqualTo(1);
    assertThat(atOnce.factor(25)).isCloseTo(0.5 + Math.sqrt(0.5) / 2, within(1e-12));
  }

  private static OptimiserConfig optimiser(OptimiserConfig.ScheduleConfig schedule, int warmUp) {
    return new OptimiserConfig(1, 1, 1, 1, 1, 1, schedule, warmUp, null);
  }

  @Test
  void everyPurposeRoundAndSeedDrawsItsOwnNumbers() {
    Set<Long> seen = new HashSet<>();
    for (long seed = 0; seed < 10; seed++) {
      for (Purpose purpose : Purpose.values()) {
        for (long number = 0; number < 100; number++) {
          seen.add(new RandomStreams(seed).of(purpose, number).nextLong());
        }
      }
    }
    assertThat(seen).hasSize(4000);
    assertThat(new RandomStreams(4).of(Purpose.ROUND, 7).nextLong())
        .isEqualTo(new RandomStreams(4).of(Purpose.ROUND, 7).nextLong());
  }

  @Test
  void firstDrawsOfConsecutiveRoundsAreUniform() {
    RandomStreams streams = new RandomStreams(0);
    int[] counts = new int[16];
    for (int round = 0; round < 16_000; round++) {
      counts[(int) (16 * streams.of(Purpose.ROUND, round).nextDouble())]++;
    }
    double chiSquare = Arrays.stream(counts).mapToDouble(n -> (n - 1000) * (n - 1000) / 1e3).sum();
    assertThat(chiSquare).isLessThan(37.7); // 0.001 quantile at 15 degrees of freedom.
  }

  @Test
  void epsilonIsConstantOrFallsAlongALineAndStays() {
    assertThat(new EpsilonSchedule(new ExplorationConfig.Constant(0.3)).value(99)).isEqualTo(0.3);
    EpsilonSchedule line = new EpsilonSchedule(new ExplorationConfig.Linear(0.5, 0.1, 40));
    assertThat(line.value(0)).isEqualTo(0.5);
    assertThat(line.value(10)).isCloseTo(0.4, within(1e-12));
    assertThat(line.value(40)).isCloseTo(0.1, within(1e-12));
    assertThat(line.value(1_000_000)).isCloseTo(0.1, within(1e-12));
    assertThat(new EpsilonSchedule(new ExplorationConfig.Linear(0, 1, 4)).value(3))
        .isCloseTo(0.75, within(1e-12));
  }

  @Test
  void modesAreCountedOnceAndSurviveARestore() {
    ObjectBatch modes = new ObjectBatch(2, 2, new int[] {0, 1, 2, 3}, new int[] {2, 2});
    ModeTracker tracker = new ModeTracker(modes);
    tracker.observe(new ObjectBatch(3, 2, new int[] {2, 3, 1, 1, 2, 3}, new int[] {2, 2, 2}));
    assertThat(tracker.foundCount()).isEqualTo(1);
    assertThat(tracker.totalCount()).isEqualTo(2);
    ModeTracker restored = new ModeTracker(modes);
    restored.restore(tracker.found());
    assertThat(restored.foundCount()).isEqualTo(1);
    restored.observe(new ObjectBatch(1, 2, new int[] {0, 1}, new int[] {2}));
    assertThat(restored.foundCount()).isEqualTo(2);
  }
}
