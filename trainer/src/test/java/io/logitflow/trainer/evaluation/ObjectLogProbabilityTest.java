package io.logitflow.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.NonAutoregressive;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.environment.PrependAppend;
import io.logitflow.trainer.evaluation.ObjectLogProbability.LogProbabilities;
import io.logitflow.trainer.oracle.RandomPolicy;
import io.logitflow.trainer.oracle.WalkedPaths;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectLogProbabilityTest {
  private static final int MANY = 1000;
  private static final float[] BETAS = {0.5f, 2};

  @ParameterizedTest
  @MethodSource("io.logitflow.trainer.evaluation.SmallEnvironments#all")
  void isExactWhereAllPathsCanBeWalked(Environment environment) {
    for (boolean readsBeta : new boolean[] {false, true}) {
      StatePolicy policy = new RandomPolicy(environment, 1, readsBeta, false);
      ObjectBatch objects = allObjects(environment);

      List<LogProbabilities> found =
          new ObjectLogProbability(environment, policy, MANY).of(objects, BETAS, new Random(1));

      ObjectText text = new ObjectText(environment);
      for (int b = 0; b < BETAS.length; b++) {
        Map<String, Double> expected = WalkedPaths.distribution(environment, policy, BETAS[b]);
        for (int row = 0; row < objects.rows(); row++) {
          assertThat(found.get(b).values()[row])
              .isCloseTo(
                  Math.log(expected.getOrDefault(text.format(objects, row), 0.0)), within(1e-9));
          assertThat(found.get(b).exact()[row]).isTrue();
          assertThat(found.get(b).standardErrors()[row]).isZero();
        }
      }
    }
  }

  @Test
  void latticesHaveTheSizesOfTheBook() {
    List<String> letters = List.of("a", "b", "c", "d", "e");
    assertLattice(new PrependAppend(letters, "", 5), "abcde", 16);
    assertLattice(new PrependAppend(letters, "", 5), "aaaaa", 6);
    assertLattice(new Hypergrid(3, 5), "1-0-4", 2 * 5 + 1);
    assertLattice(new Autoregressive(letters, "", 2, 7), "abc", 5);
    assertLattice(new NonAutoregressive(letters, "", 4), "abca", 16);
  }

  private static void assertLattice(Environment environment, String text, int states) {
    ObjectBatch object = object(environment, text);
    assertThat(AncestorLattice.of(environment, object, states))
        .hasValueSatisfying(lattice -> assertThat(lattice.states()).isEqualTo(states));
    assertThat(AncestorLattice.of(environment, object, states - 1)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void standardErrorsOfEstimatesAreCalibrated(boolean learnsBackward) {
    Environment environment = new NonAutoregressive(List.of("0", "1"), "", 10);
    StatePolicy policy = new RandomPolicy(environment, 0.1, false, learnsBackward);
    ObjectBatch objects = environment.objects(500, 20);
    double[] exact = ExactDistribution.logProbabilities(environment, policy, 1)[0];
    int covered = 0;
    int all = 0;
    for (int seed = 0; seed < 30; seed++) {
      LogProbabilities estimate = estimate(environment, policy, objects, 50, seed);
      for (int row = 0; row < objects.rows(); row++) {
        assertThat(estimate.exact()[row]).isFalse();
        double error = estimate.values()[row] - exact[500 + row];
        covered += Math.abs(error) < 1.96 * estimate.standardErrors()[row] ? 1 : 0;
        all++;
      }
    }
    assertThat((double) covered / all).isBetween(0.92, 0.97);
  }

  @Test
  void estimatesConvergeWithTheSquareRootOfTheTrajectories() {
    Environment environment = new NonAutoregressive(List.of("0", "1"), "", 10);
    StatePolicy policy = new RandomPolicy(environment, 0.2, false, false);
    double few = error(environment, policy, 4);
    double many = error(environment, policy, 100);
    assertThat(few / many).isBetween(4.0, 6.0);
    assertThat(many).isLessThan(0.1);
  }

  /** Returns the root of the mean squared error. */
  private static double error(Environment environment, StatePolicy policy, int trajectories) {
    double[] exact = ExactDistribution.logProbabilities(environment, policy, 1)[0];
    ObjectBatch objects = environment.objects(0, 200);
    LogProbabilities estimate = estimate(environment, policy, objects, trajectories, 3);
    double squares =
        IntStream.range(0, 200)
            .mapToDouble(row -> Math.pow(estimate.values()[row] - exact[row], 2))
            .sum();
    return Math.sqrt(squares / 200);
  }

  @Test
  void smallLatticesAmongLargeOnesAreExact() {
    Environment environment = new PrependAppend(List.of("a", "b", "c", "d", "e", "f"), "", 6);
    StatePolicy policy = new RandomPolicy(environment, 0.5, false, false);
    // At most 2 * 6 states: "abcdef" has 22, "aaaaaa" 7.
    ObjectBatch objects = objects(environment, List.of("abcdef", "aaaaaa", "fedcba", "bbbbbb"));

    LogProbabilities found = estimate(environment, policy, objects, 2, 1);

    double[] exact = ExactDistribution.logProbabilities(environment, policy, 1)[0];
    long[] indices = new long[4];
    environment.objectIndices(objects, indices);
    assertThat(found.exact()).containsExactly(false, true, false, true);
    assertThat(found.values()[1]).isCloseTo(exact[(int) indices[1]], within(1e-9));
    assertThat(found.values()[3]).isCloseTo(exact[(int) indices[3]], within(1e-9));
  }

  @Test
  void theOrderOfObjectsDoesNotMatter() {
    Environment environment = new PrependAppend(List.of("a", "b", "c", "d", "e", "f"), "", 6);
    StatePolicy policy = new RandomPolicy(environment, 0.5, false, false);
    List<String> texts = new ArrayList<>(Collections.nCopies(100, "abcdef"));
    texts.add("aaaaaa");

    LogProbabilities found = estimate(environment, policy, objects(environment, texts), 2, 1);

    assertThat(found.exact()[0]).isFalse();
    assertThat(found.exact()[100]).isTrue();
  }

  private static LogProbabilities estimate(
      Environment environment,
      StatePolicy policy,
      ObjectBatch objects,
      int trajectories,
      long seed) {
    return new ObjectLogProbability(environment, policy, trajectories)
        .of(objects, new float[] {1}, new Random(seed))
        .get(0);
  }

  private static ObjectBatch allObjects(Environment environment) {
    return environment.objects(0, (int) environment.objectCount().orElseThrow());
  }

  private static ObjectBatch object(Environment environment, String text) {
    return objects(environment, List.of(text));
  }

  private static ObjectBatch objects(Environment environment, List<String> texts) {
    ObjectText text = new ObjectText(environment);
    return ObjectRows.batch(
        texts.stream().map(one -> text.parse("test", one)).toList(), environment.maximumLength());
  }
}
