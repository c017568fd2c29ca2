package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.trainer.config.LocalSearchConfig;
import io.logitflow.trainer.config.LocalSearchConfig.Acceptance;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.reward.ScoreLedger;
import io.logitflow.trainer.reward.ScoredObjects;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalSearchTest {
  private static final int CHAINS = 4_000;
  private static final float BETA = 1.3f;
  private static final String BOTH_ENDS = "{type: prepend-append, tokens: [A, C, G], length: 3}";
  private static final String VARIABLE_LENGTH =
      "{type: autoregressive, tokens: [A, C], minimum_length: 1, length: 4}";

  @TempDir Path folder;

  /** Chains that begin uniform end in the target: 0.001 quantiles of the χ² distribution. */
  @ParameterizedTest
  @CsvSource({"uniform, 2", "learned, 2", "learned, 9"})
  void metropolisHastingsReachesTheTarget(String backward, int steps) throws Exception {
    try (Rig rig = new Rig(BOTH_ENDS, backward, new LocalSearchConfig(30, steps, METROPOLIS))) {
      int[] start = new int[CHAINS];
      for (int chain = 0; chain < CHAINS; chain++) {
        start[chain] = chain % rig.all.rows();
      }
      assertThat(rig.chiSquareAfter(start)).isLessThan(54.1); // 26 degrees of freedom.
    }
  }

  /** Where lengths vary not every way forth has a way back; chains in the target stay in it. */
  @ParameterizedTest
  @CsvSource({"1", "2", "3", "8"})
  void metropolisHastingsKeepsTheTargetWhereLengthsVary(int steps) throws Exception {
    LocalSearchConfig config = new LocalSearchConfig(8, steps, METROPOLIS);
    try (Rig rig = new Rig(VARIABLE_LENGTH, "learned", config)) {
      int[] start = rig.drawTarget();
      assertThat(rig.chiSquareAfter(start)).isLessThan(58.3); // 29 degrees of freedom.
      assertThat(rig.moved).isGreaterThan(CHAINS / 8);
    }
  }

  @Test
  void greedyTakesWhatIsBetterAndShowsEveryCandidate() throws Exception {
    LocalSearchConfig config = new LocalSearchConfig(5, 2, Acceptance.GREEDY);
    try (Rig rig = new Rig(BOTH_ENDS, "uniform", config)) {
      ScoredObjects start = rig.all.select(4, 9, 14, 20, 20);
      List<ScoredObjects> candidates = new ArrayList<>();
      ScoredObjects end =
          rig.search.improve(new Random(1), new float[] {1, 1, 2, 3, 3}, start, candidates::add);
      assertThat(candidates).hasSize(5);
      assertThat(rig.ledger.calls()).isEqualTo(25);
      for (int row = 0; row < 5; row++) {
        double best = start.scores()[row];
        for (ScoredObjects candidate : candidates) {
          best = Math.max(best, candidate.scores()[row]);
        }
        assertThat(end.scores()[row]).isEqualTo(best);
      }
      assertThat(rig.ledger.scores(end.objects())).isEqualTo(end.scores());
      assertThat(end.scores()).isNotEqualTo(start.scores());
      assertThat(start.scores()).isEqualTo(rig.all.select(4, 9, 14, 20, 20).scores());
    }
  }

  @Test
  void greedyKeepsAnObjectBesideAnotherOfTheSameReward() throws Exception {
    LocalSearchConfig config = new LocalSearchConfig(5, 2, Acceptance.GREEDY);
    // All scores lie below the floor.
    Rig rig = new Rig(BOTH_ENDS, "uniform", config, "log_reward.floor=2");
    ScoredObjects start = rig.all.select(4, 9, 14, 20, 20);
    List<ScoredObjects> candidates = new ArrayList<>();
    ScoredObjects end =
        rig.search.improve(new Random(1), new float[] {1, 1, 2, 3, 3}, start, candidates::add);
    assertThat(candidates)
        .extracting(candidate -> candidate.objects().tokens())
        .doesNotContain(start.objects().tokens());
    assertThat(end.objects().tokens()).isEqualTo(start.objects().tokens());
    assertThat(end.scores()).isEqualTo(start.scores());
  }

  private static final Acceptance METROPOLIS = Acceptance.METROPOLIS_HASTINGS;

  /** A search with a fixed random policy, far from the target, among all objects. */
  private final class Rig implements AutoCloseable {
    private final Landscape landscape;
    private final ScoreLedger ledger;
    private final TrainedPolicy policy;
    private final LocalSearch search;
    private final ScoredObjects all;
    private final double[] target;
    private int moved;

    Rig(String environment, String backward, LocalSearchConfig config, String... settings)
        throws Exception {
      List<String> values = new ArrayList<>(List.of(settings));
      values.add("policy.backward=" + backward);
      this.landscape = new Landscape(folder, environment, values.toArray(String[]::new));
      GFlowNet network = GFlowNet.of(landscape.config(), landscape.environment());
      float[] parameters = network.initialParameters(new Random(5));
      for (int i = 0; i < parameters.length; i++) {
        parameters[i] *= 2.5f;
      }
      this.ledger =
          new ScoreLedger(landscape.logReward(), landscape.environment().maximumLength(), 0);
      this.policy = new TrainedPolicy(network, landscape.environment(), parameters);
      this.search =
          new LocalSearch(
              config, landscape.environment(), policy, ledger, landscape.logReward().transform());
      this.all =
          new ScoredObjects(
              landscape.allObjects(), landscape.logReward().scores(landscape.allObjects()));
      this.target =
          Arrays.stream(all.scores()).map(score -> Math.pow(3 * score * score, BETA)).toArray();
      double sum = Arrays.stream(target).sum();
      for (int i = 0; i < target.length; i++) {
        target[i] /= sum;
      }
    }

    @Override
    public void close() {
      policy.close();
    }

    int[] drawTarget() {
      Random random = new Random(8);
      int[] drawn = new int[CHAINS];
      for (int chain = 0; chain < CHAINS; chain++) {
        double left = random.nextDouble();
        while (left >= target[drawn[chain]] && drawn[chain] < target.length - 1) {
          left -= target[drawn[chain]++];
        }
      }
      return drawn;
    }

    double chiSquareAfter(int[] start) {
      float[] betas = new float[CHAINS];
      Arrays.fill(betas, BETA);
      ScoredObjects end = search.improve(new Random(2), betas, all.select(start), candidates -> {});
      long[] indices = new long[CHAINS];
      landscape.environment().objectIndices(end.objects(), indices);
      double[] counts = new double[target.length];
      for (int chain = 0; chain < CHAINS; chain++) {
        counts[(int) indices[chain]]++;
        moved += indices[chain] == start[chain] ? 0 : 1;
      }
      double chiSquare = 0;
      for (int i = 0; i < target.length; i++) {
        double expected = CHAINS * target[i];
        chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
      }
      return chiSquare;
    }
  }
}
