package io.logitflow.trainer.trajectory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.oracle.PlainNetwork;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RolloutTest {
  private static final String STRINGS = "{type: prepend-append, tokens: [A, B, C], length: 4}";
  private static final String GRID = "{type: hypergrid, dimensions: 2, side: 4}";
  private static final String FIXED = "{type: autoregressive, tokens: [A, B, C], length: 4}";
  private static final String VARYING =
      "{type: autoregressive, tokens: [A, B], minimum_length: 2, length: 5}";
  private static final String WORDS = "{type: non-autoregressive, tokens: [A, B], length: 3}";
  private static final int ROWS = 60;

  @TempDir Path folder;
  private final Random random = new Random(11);
  private Environment environment;
  private TrainedPolicy policy;
  private PlainNetwork plain;
  private Rollout rollout;

  @BeforeEach
  void open() throws Exception {
    open(STRINGS, "uniform");
  }

  @AfterEach
  void close() {
    policy.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {STRINGS, GRID, FIXED, VARYING, WORDS})
  void forwardTrajectoriesReplayToTheirObjectsWithTheirProbabilities(String section)
      throws Exception {
    for (String backward : new String[] {"uniform", "learned"}) {
      reopen(section, backward);
      float[] betas = betas(ROWS);
      SampledTrajectories sampled = rollout.sample(policy, betas, uniforms(ROWS), Exploration.NONE);
      TrajectoryBatch batch = sampled.trajectories();
      assertConsistent(batch);
      assertThat(rollout.along(batch.actions(), ROWS)).usingRecursiveComparison().isEqualTo(batch);
      for (int row = 0; row < ROWS; row++) {
        assertThat(firstSlot(batch, row)).isZero();
      }
      assertThat(batch.statesAt(0).steps()).containsOnly(0);
      assertObjects(batch);
      assertProbabilities(batch, betas);
      assertThat(widened(sampled.logForward()))
          .containsExactly(TrajectoryLogProbability.forward(policy, betas, batch), within(5e-5));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {STRINGS, GRID, FIXED, VARYING, WORDS})
  void backwardTrajectoriesStartAtTheRootAndEndInTheirObjects(String section) throws Exception {
    for (String backward : new String[] {"uniform", "learned"}) {
      reopen(section, backward);
      ObjectBatch objects = allObjects();
      float[] betas = betas(objects.rows());
      TrajectoryBatch batch = rollout.backward(objects, policy, betas, uniforms(objects.rows()));
      assertConsistent(batch);
      assertThat(batch.statesAt(0).steps()).containsOnly(0);
      assertThat(batch.objects().tokens()).isEqualTo(objects.tokens());
      assertThat(batch.objects().lengths()).isEqualTo(objects.lengths());
      assertObjects(batch);
      assertProbabilities(batch, betas);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {STRINGS, GRID, FIXED, VARYING, WORDS})
  void someStepsBackAreTheLastStepsOfTheWholeWay(String section) throws Exception {
    reopen(section, "learned");
    ObjectBatch objects = allObjects();
    int rows = objects.rows();
    float[] betas = betas(rows);
    float[] uniforms = uniforms(rows);
    TrajectoryBatch whole = rollout.backward(objects, policy, betas, uniforms);
    for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
      TrajectoryBatch part = rollout.backward(objects, steps, policy, betas, uniforms);
      assertConsistent(part);
      assertObjects(part);
      assertProbabilities(part, betas);
      for (int row = 0; row < rows; row++) {
        int length = environment.terminals(objects).steps()[row];
        int first = Math.max(0, length - steps);
        assertThat(firstSlot(part, row)).isEqualTo(first == length ? slots() : first);
        assertThat(part.statesAt(0).steps()[row]).isEqualTo(first);
        for (int slot = first; slot < length; slot++) {
          int at = slot * rows + row;
          assertThat(part.actions()[at]).isEqualTo(whole.actions()[at]);
          assertThat(part.backwardActions()[at]).isEqualTo(whole.backwardActions()[at]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {STRINGS, GRID, FIXED, VARYING, WORDS})
  void fromAStateOfATrajectoryOnTheSameUniformsGiveItsRest(String section) throws Exception {
    reopen(section, "uniform");
    float[] betas = betas(ROWS);
    float[] uniforms = uniforms(ROWS);
    Exploration exploration = new Exploration(0.3, uniforms(ROWS));
    TrajectoryBatch whole = rollout.sample(policy, betas, uniforms, exploration).trajectories();
    int[] starts = new int[ROWS];
    StateBatch states = environment.roots(ROWS);
    for (int row = 0; row < ROWS; row++) {
      starts[row] = row % (slots() + 1);
      states.put(whole.statesAt(starts[row]).rows(row, 1), row);
    }
    StateBatch before = states.copy();
    SampledTrajectories sampled = rollout.sampleFrom(states, policy, betas, uniforms, exploration);
    TrajectoryBatch rest = sampled.trajectories();
    assertThat(states.cells()).as("the caller's states").isEqualTo(before.cells());
    assertThat(rest.statesAt(0).cells()).isEqualTo(before.cells());
    assertConsistent(rest);
    assertObjects(rest);
    assertProbabilities(rest, betas);
    assertThat(rest.objects().tokens()).isEqualTo(whole.objects().tokens());
    assertThat(widened(sampled.logForward()))
        .containsExactly(TrajectoryLogProbability.forward(policy, betas, rest), within(5e-5));
    for (int at = 0; at < slots() * ROWS; at++) {
      boolean later = at / ROWS >= starts[at % ROWS];
      assertThat(rest.actions()[at]).isEqualTo(later ? whole.actions()[at] : Environment.NO_ACTION);
    }
  }

  /** Draws the whole way back from one object many times. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        STRINGS + "| uniform",
        STRINGS + "| learned",
        WORDS + "| uniform",
        WORDS + "| learned",
      })
  void waysBackComeInTheProportionsOfTheirProbabilities(String section, String backward)
      throws Exception {
    reopen(section, backward);
    int draws = 20_000;
    int[] same = new int[draws];
    Arrays.fill(same, 5);
    StateBatch terminals = environment.terminals(allObjects()).select(same);
    float[] betas = new float[draws];
    Arrays.fill(betas, 2.5f);
    TrajectoryBatch batch =
        rollout.backward(environment.objects(terminals), policy, betas, uniforms(draws));
    Map<List<Integer>, Integer> counts = new HashMap<>();
    Map<List<Integer>, Double> probabilities = new HashMap<>();
    for (int row = 0; row < draws; row++) {
      List<Integer> way = new ArrayList<>();
      for (int at = row; at < batch.actions().length; at += draws) {
        way.add(batch.backwardActions()[at]);
      }
      counts.merge(way, 1, Integer::sum);
      if (!probabilities.containsKey(way)) {
        probabilities.put(way, Math.exp(logBackward(batch, row, 2.5f)));
      }
    }
    // Three choices of two ends, or the orders of three positions.
    int ways = section.equals(STRINGS) ? 8 : 6;
    assertThat(counts).hasSize(ways);
    assertThat(probabilities.values().stream().mapToDouble(p -> p).sum())
        .isCloseTo(1, within(1e-9));
    assertThat(probabilities.values().stream().anyMatch(p -> p < 0.9 / ways))
        .isEqualTo(backward.equals("learned"));
    double chiSquare = 0;
    for (Map.Entry<List<Integer>, Double> way : probabilities.entrySet()) {
      double expected = draws * way.getValue();
      double difference = counts.getOrDefault(way.getKey(), 0) - expected;
      chiSquare += difference * difference / expected;
    }
    assertThat(chiSquare).isLessThan(24.3); // The 0.001 quantile at 7 degrees of freedom.
  }

  @ParameterizedTest
  @ValueSource(strings = {STRINGS, GRID, VARYING})
  void fullExplorationIsUniformOverValidActions(String section) throws Exception {
    reopen(section, "uniform");
    int draws = 20_000;
    Exploration always = new Exploration(1, uniforms(draws));
    TrajectoryBatch batch =
        rollout.sample(policy, betas(draws), uniforms(draws), always).trajectories();
    int[] counts = new int[environment.actionCount()];
    double[] expected = new double[environment.actionCount()];
    for (int at = 0; at < slots() * draws; at++) {
      if (batch.actions()[at] >= 0) {
        counts[batch.actions()[at]]++;
        int valid = count(batch.forwardMask(), at, expected.length);
        for (int action = 0; action < expected.length; action++) {
          expected[action] += batch.forwardMask()[at * expected.length + action] ? 1.0 / valid : 0;
        }
      }
    }
    double chiSquare = 0;
    for (int action = 0; action < expected.length; action++) {
      double difference = counts[action] - expected[action];
      chiSquare += difference * difference / expected[action];
    }
    assertThat(chiSquare).isLessThan(20.5); // The 0.001 quantile at 5 degrees of freedom.
  }

  private void reopen(String section, String backward) throws Exception {
    policy.close();
    open(section, backward);
  }

  private void open(String section, String backward) throws Exception {
    Landscape landscape = new Landscape(folder, section, "policy.backward=" + backward);
    environment = landscape.environment();
    GFlowNet network = GFlowNet.of(landscape.config(), environment);
    float[] parameters = network.initialParameters(new Random(5));
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] *= 2; // Far enough from uniform for the choices to matter.
    }
    plain = PlainNetwork.of(network, environment, parameters);
    policy = new TrainedPolicy(network, environment, parameters);
    rollout = new Rollout(environment);
  }

  /** Walks every step anew and compares states, masks and twins with what is recorded. */
  private void assertConsistent(TrajectoryBatch batch) {
    int rows = batch.rows();
    int width = environment.actionCount();
    int backwardWidth = environment.backwardActionCount();
    boolean[] mask = new boolean[rows * width];
    boolean[] backwardMask = new boolean[rows * backwardWidth];
    int[] twins = new int[rows];
    for (int slot = 0; slot < slots(); slot++) {
      int first = slot * rows;
      int[] actions = Arrays.copyOfRange(batch.actions(), first, first + rows);
      StateBatch states = batch.statesAt(slot);
      environment.forwardMask(states, mask);
      for (int row = 0; row < rows; row++) {
        // An action that is not valid does not pass the step below.
        assertThat(actions[row] < 0 || states.steps()[row] == slot).isTrue();
      }
      environment.step(states, actions, twins);
      environment.backwardMask(states, backwardMask);
      assertThat(Arrays.copyOfRange(batch.forwardMask(), first * width, (first + rows) * width))
          .isEqualTo(mask);
      assertThat(
              Arrays.copyOfRange(
                  batch.backwardMask(), first * backwardWidth, (first + rows) * backwardWidth))
          .isEqualTo(backwardMask);
      assertThat(batch.statesAt(slot + 1).cells()).isEqualTo(states.cells());
      assertThat(batch.statesAt(slot + 1).steps()).isEqualTo(states.steps());
      assertThat(Arrays.copyOfRange(batch.backwardActions(), first, first + rows)).isEqualTo(twins);
    }
  }

  /** Compares the objects with the states behind the last slot, which must be terminal. */
  private void assertObjects(TrajectoryBatch batch) {
    StateBatch ends = environment.terminals(batch.objects());
    assertThat(batch.statesAt(slots()).cells()).isEqualTo(ends.cells());
    assertThat(batch.statesAt(slots()).steps()).isEqualTo(ends.steps());
  }

  /** Adds up the log-probabilities of the steps that there are, in plain arithmetic. */
  private void assertProbabilities(TrajectoryBatch batch, float[] betas) {
    double[] logForward = new double[batch.rows()];
    double[] logBackward = new double[batch.rows()];
    for (int row = 0; row < batch.rows(); row++) {
      logForward[row] = logForward(batch, row, betas[row]);
      logBackward[row] = logBackward(batch, row, betas[row]);
    }
    assertThat(TrajectoryLogProbability.forward(policy, betas, batch))
        .containsExactly(logForward, within(5e-5));
    assertThat(TrajectoryLogProbability.backward(policy, betas, batch))
        .containsExactly(logBackward, within(5e-5));
  }

  private double logForward(TrajectoryBatch batch, int row, float beta) {
    double sum = 0;
    for (int slot = 0; slot < slots(); slot++) {
      int action = batch.actions()[slot * batch.rows() + row];
      sum += action < 0 ? 0 : plain.logForward(state(batch, slot, row), action, beta);
    }
    return sum;
  }

  private double logBackward(TrajectoryBatch batch, int row, float beta) {
    double sum = 0;
    for (int slot = 0; slot < slots(); slot++) {
      int action = batch.backwardActions()[slot * batch.rows() + row];
      sum += action < 0 ? 0 : plain.logBackward(state(batch, slot + 1, row), action, beta);
    }
    return sum;
  }

  private static StateBatch state(TrajectoryBatch batch, int slot, int row) {
    return batch.states().rows(slot * batch.rows() + row, 1);
  }

  /** Returns the first slot in which a trajectory has a step, T if it has none. */
  private int firstSlot(TrajectoryBatch batch, int row) {
    return IntStream.range(0, slots())
        .filter(slot -> batch.actions()[slot * batch.rows() + row] >= 0)
        .findFirst()
        .orElse(slots());
  }

  private int slots() {
    return environment.maximumSteps();
  }

  private ObjectBatch allObjects() {
    return environment.objects(0, Math.toIntExact(environment.objectCount().orElseThrow()));
  }

  private static int count(boolean[] mask, int row, int width) {
    return (int) IntStream.range(row * width, (row + 1) * width).filter(i -> mask[i]).count();
  }

  private float[] betas(int rows) {
    float[] betas = new float[rows];
    for (int row = 0; row < rows; row++) {
      betas[row] = 1 + 2 * random.nextFloat();
    }
    return betas;
  }

  /** Draws [N, T] uniforms. */
  private float[] uniforms(int rows) {
    float[] uniforms = new float[rows * slots()];
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = random.nextFloat();
    }
    return uniforms;
  }

  private static double[] widened(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }
}
