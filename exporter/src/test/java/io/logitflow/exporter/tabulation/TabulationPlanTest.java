package io.logitflow.exporter.tabulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.exporter.tabulation.PolicyTraits.Backward;
import io.logitflow.exporter.tabulation.TabulationPlan.Layout;
import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.trainer.environment.Environment;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TabulationPlanTest {
  private static final long LARGE = 1L << 30;

  /** Running sums are products with a matrix of as many rows and columns. */
  @Test
  void plansNothingForMoreThan1024Actions() {
    PolicyTraits traits = new PolicyTraits(2, false, Backward.UNIFORM);
    assertThat(plan(strings(1_024, 2), traits)).isPresent();
    assertThat(plan(strings(1_025, 2), traits)).isEmpty();
    assertThat(plan(strings(1_100, 2), traits)).isEmpty();
  }

  /** 256 tokens have 256 + 256² + 256³ edges, which are more than 2²⁴. */
  @Test
  void numbersNoMoreEdgesThanBinary32Does() {
    PolicyTraits traits = new PolicyTraits(1, true, Backward.UNIFORM);
    assertThat(plan(strings(64, 3), traits).map(TabulationPlan::layout)).contains(Layout.EDGE);
    assertThat(plan(strings(256, 3), traits).map(TabulationPlan::layout)).contains(Layout.STATE);
  }

  private static Optional<TabulationPlan> plan(Environment environment, PolicyTraits traits) {
    return TabulationPlan.choose(environment, traits, steps -> steps, LARGE);
  }

  private static Environment strings(int vocabulary, int length) {
    return new Autoregressive(
        IntStream.range(0, vocabulary).mapToObj(token -> "t" + token).toList(),
        "-",
        length,
        length);
  }
}
