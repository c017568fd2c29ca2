package io.logitflow.trainer.environment;

import static io.logitflow.trainer.environment.SmallEnvironments.layer;
import static io.logitflow.trainer.environment.SmallEnvironments.object;
import static io.logitflow.trainer.environment.SmallEnvironments.state;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import io.logitflow.trainer.config.EnvironmentConfig;
import io.logitflow.trainer.oracle.PlainGraph;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What holds in every environment, over all states of all small ones. */
class EnvironmentPropertyTest {
  private static final int TRIES = 200; // More than there are, so that each is taken once.

  @Provide
  Arbitrary<EnvironmentConfig> configs() {
    return SmallEnvironments.all();
  }

  @Test
  void everyTypeIsCoveredAndCreatedUnderItsName() {
    assertThat(SmallEnvironments.BY_TYPE)
        .containsOnlyKeys(EnvironmentConfig.class.getPermittedSubclasses());
    for (JsonSubTypes.Type type :
        EnvironmentConfig.class.getAnnotation(JsonSubTypes.class).value()) {
      EnvironmentConfig config =
          requireNonNull(SmallEnvironments.BY_TYPE.get(type.value())).sample();
      assertThat(Environments.create(config).type()).isEqualTo(type.name());
    }
  }

  @Property(tries = TRIES, seed = "1")
  void everyStateBeforeTheEndHasARowOfItsOwnInATable(@ForAll("configs") EnvironmentConfig config) {
    Environment environment = Environments.create(config);
    float[] weights = environment.tableWeights();
    Set<Double> rows = new HashSet<>();
    for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
      StateBatch states =
          environment.states(steps, 0, (int) environment.stateCount(steps).orElseThrow());
      boolean[] mask = new boolean[states.rows() * environment.actionCount()];
      environment.forwardMask(states, mask);
      FloatBuffer features = FloatBuffer.allocate(states.rows() * weights.length);
      environment.writeFeatures(states, features);
      for (int state = 0; state < states.rows(); state++) {
        double row = 0;
        for (int i = 0; i < weights.length; i++) {
          row += features.get(state * weights.length + i) * weights[i];
        }
        assertThat(row).isEqualTo(Math.rint(row));
        boolean ended = true;
        for (int action = 0; action < environment.actionCount(); action++) {
          ended &= !mask[state * environment.actionCount() + action];
        }
        assertThat(row).isBetween(0.0, environment.tableRows(ended).orElseThrow() - 1.0);
        assertThat(ended || rows.add(row)).isTrue();
      }
    }
  }

  @Property(tries = TRIES, seed = "1")
  void statesAndActionsAreThoseOfThePlainGraph(@ForAll("configs") EnvironmentConfig config) {
    Environment environment = Environments.create(config);
    PlainGraph graph = PlainGraph.of(config);
    Map<String, List<Integer>> layer = new LinkedHashMap<>();
    layer.put(graph.root(), state(environment.roots(1), 0));
    Set<String> earlier = new HashSet<>();
    Set<Long> objects = new HashSet<>();
    int steps = 0;
    for (; !layer.isEmpty(); steps++) {
      assertThat(steps).isLessThanOrEqualTo(environment.maximumSteps());
      assertThat(environment.stateCount(steps)).hasValue(layer.size());
      assertThat(earlier).doesNotContainAnyElementsOf(layer.keySet()); // Graded.
      earlier.addAll(layer.keySet());
      Set<Long> indices = new HashSet<>();
      Map<String, List<Integer>> next = new LinkedHashMap<>();
      for (Map.Entry<String, List<Integer>> entry : layer.entrySet()) {
        StateBatch state = batch(environment, entry.getValue());
        assertThat(state.steps()[0]).isEqualTo(steps);
        long index = indices(environment, state)[0];
        assertThat(indices.add(index)).isTrue();
        assertThat(state(environment.states(steps, index, 1), 0)).isEqualTo(entry.getValue());
        Map<Integer, String> children = graph.children(entry.getKey());
        Direction forward = Direction.forward(environment);
        assertThat(trueAt(forward.valid(state))).isEqualTo(List.copyOf(children.keySet()));
        if (children.isEmpty()) {
          ObjectBatch object = environment.objects(state);
          assertThat(object(object, 0)).isEqualTo(PlainGraph.object(entry.getKey()));
          assertThat(objects.add(objectIndices(environment, object)[0])).isTrue();
        }
        children.forEach(
            (action, child) -> {
              StateBatch moved = state.copy();
              forward.take(moved, new int[] {action});
              List<Integer> known = next.putIfAbsent(child, state(moved, 0));
              assertThat(state(moved, 0)).isEqualTo(known == null ? state(moved, 0) : known);
            });
      }
      assertThat(indices).isEqualTo(upTo(layer.size()));
      assertThat(new HashSet<>(layer.values())).hasSize(layer.size());
      layer = next;
    }
    assertThat(steps - 1).isEqualTo(environment.maximumSteps());
    assertThat(environment.objectCount()).hasValue(objects.size());
    assertThat(objects).isEqualTo(upTo(objects.size()));
  }

  @Property(tries = TRIES, seed = "2")
  void everyActionIsUndoneByItsTwin(@ForAll("configs") EnvironmentConfig config) {
    Environment environment = Environments.create(config);
    for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
      StateBatch states = layer(environment, steps);
      requireUndone(states, Direction.forward(environment), Direction.backward(environment), 1);
      requireUndone(states, Direction.backward(environment), Direction.forward(environment), -1);
    }
  }

  private static void requireUndone(StateBatch states, Direction there, Direction back, int way) {
    for (int action = 0; action < there.actionCount(); action++) {
      int[] actions = there.everywhere(states, action);
      StateBatch moved = states.copy();
      int[] twins = there.take(moved, actions);
      boolean[] twinIsValid = back.valid(moved);
      for (int row = 0; row < states.rows(); row++) {
        if (actions[row] == Environment.NO_ACTION) {
          assertThat(twins[row]).isEqualTo(Environment.NO_ACTION);
          assertThat(state(moved, row)).isEqualTo(state(states, row));
        } else {
          assertThat(moved.steps()[row]).isEqualTo(states.steps()[row] + way);
          assertThat(twinIsValid[row * back.actionCount() + twins[row]]).isTrue();
        }
      }
      assertThat(back.take(moved, twins)).isEqualTo(actions);
      assertThat(moved.cells()).isEqualTo(states.cells());
      assertThat(moved.steps()).isEqualTo(states.steps());
    }
  }

  @Property(tries = TRIES, seed = "3")
  void masksAllowExactlyWhatStepsAccept(@ForAll("configs") EnvironmentConfig config) {
    Environment environment = Environments.create(config);
    for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
      StateBatch states = layer(environment, steps);
      requireAgreement(states, Direction.forward(environment));
      requireAgreement(states, Direction.backward(environment));
    }
  }

  private static void requireAgreement(StateBatch states, Direction direction) {
    boolean[] valid = direction.valid(states);
    for (int row = 0; row < states.rows(); row++) {
      for (int action = 0; action <= direction.actionCount(); action++) {
        StateBatch state = states.select(new int[] {row});
        int[] actions = {action};
        if (action < direction.actionCount() && valid[row * direction.actionCount() + action]) {
          direction.take(state, actions);
        } else {
          assertThatThrownBy(() -> direction.take(state, actions))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessage(
                  "action %d is not valid in a state %d steps from the root",
                  action, state.steps()[0]);
          assertThat(state(state, 0)).isEqualTo(state(states, row));
        }
      }
    }
  }

  @Property(tries = TRIES, seed = "4")
  void edgesAreTheSameFromBothEnds(@ForAll("configs") EnvironmentConfig config) {
    Environment environment = Environments.create(config);
    Direction forward = Direction.forward(environment);
    Direction backward = Direction.backward(environment);
    for (int steps = 0; steps < environment.maximumSteps(); steps++) {
      Map<List<Long>, Integer> fromParents = new HashMap<>();
      edges(environment, layer(environment, steps), forward)
          .forEach(e -> fromParents.merge(e, 1, Integer::sum));
      Map<List<Long>, Integer> fromChildren = new HashMap<>();
      edges(environment, layer(environment, steps + 1), backward)
          .map(edge -> List.of(edge.get(2), edge.get(3), edge.get(0), edge.get(1)))
          .forEach(e -> fromChildren.merge(e, 1, Integer::sum));
      assertThat(fromParents).isNotEmpty().isEqualTo(fromChildren);
    }
    assertThat(edges(environment, environment.roots(1), backward)).isEmpty();
    assertThat(edges(environment, layer(environment, environment.maximumSteps()), forward))
        .isEmpty();
  }

  /** Each edge as the index of the state it leaves, its action, the state it enters, its twin. */
  private static Stream<List<Long>> edges(
      Environment environment, StateBatch states, Direction direction) {
    long[] from = indices(environment, states);
    return IntStream.range(0, direction.actionCount())
        .boxed()
        .flatMap(
            action -> {
              StateBatch moved = states.copy();
              int[] actions = direction.everywhere(states, action);
              int[] twins = direction.take(moved, actions);
              long[] to = indices(environment, moved);
              return IntStream.range(0, from.length)
                  .filter(row -> actions[row] >= 0)
                  .mapToObj(row -> List.of(from[row], (long) action, to[row], (long) twins[row]));
            });
  }

  @Property(tries = TRIES, seed = "5")
  void backwardWalksEndInTheRoot(@ForAll("configs") EnvironmentConfig config) {
    Environment environment = Environments.create(config);
    Direction backward = Direction.backward(environment);
    Random random = new Random(5);
    StateBatch states = environment.terminals(SmallEnvironments.objects(environment));
    for (int left = Arrays.stream(states.steps()).max().orElseThrow(); left > 0; left--) {
      assertThat(Arrays.stream(states.steps()).max()).hasValue(left);
      backward.take(states, backward.random(states, random));
    }
    assertThat(states.cells()).isEqualTo(environment.roots(states.rows()).cells());
    assertThat(states.steps()).containsOnly(0);
  }

  @Property(tries = TRIES, seed = "6")
  void forwardWalksEndInObjectsThatCanBeNamed(@ForAll("configs") EnvironmentConfig config) {
    Environment environment = Environments.create(config);
    Direction forward = Direction.forward(environment);
    Random random = new Random(6);
    StateBatch states = environment.roots(40);
    for (int step = 0; step < environment.maximumSteps(); step++) {
      forward.take(states, forward.random(states, random));
    }
    assertThat(trueAt(forward.valid(states))).isEmpty();
    ObjectBatch objects = environment.objects(states);
    StateBatch terminals = environment.terminals(objects);
    assertThat(terminals.cells()).isEqualTo(states.cells());
    assertThat(terminals.steps()).isEqualTo(states.steps());
    assertThat(objects.width()).isEqualTo(environment.maximumLength());
    ObjectText text = new ObjectText(environment);
    for (int row = 0; row < objects.rows(); row++) {
      int length = objects.lengths()[row];
      assertThat(length).isBetween(environment.minimumLength(), environment.maximumLength());
      int end = (row + 1) * objects.width();
      assertThat(Arrays.copyOfRange(objects.tokens(), end - objects.width() + length, end))
          .isEqualTo(new int[objects.width() - length]);
      ObjectBatch named = environment.objects(objectIndices(environment, objects)[row], 1);
      assertThat(object(named, 0)).isEqualTo(object(objects, row));
      assertThat(text.parse("f", text.format(objects, row)))
          .isEqualTo(Arrays.copyOf(named.tokens(), length));
    }
  }

  @Property(tries = TRIES, seed = "7")
  void featuresTellStatesApartThatActionsLeave(@ForAll("configs") EnvironmentConfig config) {
    Environment environment = Environments.create(config);
    Direction forward = Direction.forward(environment);
    int width = environment.featureCount();
    Set<List<Float>> seen = new HashSet<>();
    for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
      StateBatch states = layer(environment, steps);
      boolean[] valid = forward.valid(states);
      float[] features = features(environment, states);
      for (int row = 0; row < states.rows(); row++) {
        float[] own = Arrays.copyOfRange(features, row * width, (row + 1) * width);
        assertThat(own).doesNotContain(Float.NaN, 7f).hasSize(width);
        if (!trueAt(part(valid, forward.actionCount(), row)).isEmpty()) {
          assertThat(seen.add(IntStream.range(0, width).mapToObj(i -> own[i]).toList())).isTrue();
        }
      }
    }
  }

  @Property(tries = TRIES, seed = "8")
  void batchesDoWhatTheirRowsWouldDoAlone(@ForAll("configs") EnvironmentConfig config) {
    Environment environment = Environments.create(config);
    Random random = new Random(8);
    // States of all distances side by side, as they stand in a batch of trajectories.
    StateBatch states = mixed(environment, random);
    float[] features = features(environment, states);
    long[] indices = indices(environment, states);
    for (Direction direction :
        List.of(Direction.forward(environment), Direction.backward(environment))) {
      boolean[] valid = direction.valid(states);
      int[] actions = direction.random(states, random);
      actions[0] = Environment.NO_ACTION;
      StateBatch moved = states.copy();
      int[] twins = direction.take(moved, actions);
      for (int row = 0; row < states.rows(); row++) {
        StateBatch alone = states.select(new int[] {row});
        assertThat(direction.valid(alone)).isEqualTo(part(valid, direction.actionCount(), row));
        assertThat(direction.take(alone, new int[] {actions[row]})).containsExactly(twins[row]);
        assertThat(state(alone, 0)).isEqualTo(state(moved, row));
      }
    }
    int width = environment.featureCount();
    for (int row = 0; row < states.rows(); row++) {
      StateBatch alone = states.select(new int[] {row});
      assertThat(indices(environment, alone)).containsExactly(indices[row]);
      assertThat(features(environment, alone))
          .isEqualTo(Arrays.copyOfRange(features, row * width, (row + 1) * width));
    }
  }

  @Property(tries = TRIES, seed = "9")
  void partsOfAnEnumerationAreThoseOfTheWhole(@ForAll("configs") EnvironmentConfig config) {
    Environment environment = Environments.create(config);
    Random random = new Random(9);
    for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
      StateBatch all = layer(environment, steps);
      int first = random.nextInt(all.rows());
      StateBatch part = environment.states(steps, first, all.rows() - first);
      for (int row = 0; row < part.rows(); row++) {
        assertThat(state(part, row)).isEqualTo(state(all, first + row));
      }
      int distance = steps;
      assertThatThrownBy(() -> environment.states(distance, 1, all.rows()))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    ObjectBatch all = SmallEnvironments.objects(environment);
    assertThat(objectIndices(environment, all))
        .isEqualTo(LongStream.range(0, all.rows()).toArray());
    int first = random.nextInt(all.rows());
    ObjectBatch part = environment.objects(first, all.rows() - first);
    for (int row = 0; row < part.rows(); row++) {
      assertThat(object(part, row)).isEqualTo(object(all, first + row));
    }
    assertThatThrownBy(() -> environment.objects(1, all.rows()))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static StateBatch mixed(Environment environment, Random random) {
    StateBatch states = environment.roots(4 * (environment.maximumSteps() + 1));
    for (int row = 0; row < states.rows(); row++) {
      int steps = row % (environment.maximumSteps() + 1);
      long count = environment.stateCount(steps).orElseThrow();
      states.put(environment.states(steps, random.nextLong(count), 1), row);
    }
    return states;
  }

  private static StateBatch batch(Environment environment, List<Integer> state) {
    StateBatch batch = environment.roots(1);
    batch.steps()[0] = state.get(0);
    for (int i = 0; i < batch.width(); i++) {
      batch.cells()[i] = state.get(i + 1);
    }
    return batch;
  }

  private static float[] features(Environment environment, StateBatch states) {
    int size = states.rows() * environment.featureCount();
    FloatBuffer features = FloatBuffer.allocate(size + 3);
    Arrays.fill(features.array(), 7f);
    features.position(1);
    environment.writeFeatures(states, features);
    assertThat(features.position()).isEqualTo(size + 1);
    assertThat(features.array()).startsWith(7f).endsWith(7f, 7f);
    return Arrays.copyOfRange(features.array(), 1, size + 1);
  }

  private static long[] indices(Environment environment, StateBatch states) {
    long[] indices = new long[states.rows()];
    environment.indices(states, indices);
    return indices;
  }

  private static long[] objectIndices(Environment environment, ObjectBatch objects) {
    long[] indices = new long[objects.rows()];
    environment.objectIndices(objects, indices);
    return indices;
  }

  private static boolean[] part(boolean[] mask, int width, int row) {
    return Arrays.copyOfRange(mask, row * width, (row + 1) * width);
  }

  private static List<Integer> trueAt(boolean[] mask) {
    return IntStream.range(0, mask.length).filter(i -> mask[i]).boxed().toList();
  }

  private static Set<Long> upTo(int count) {
    Set<Long> numbers = new HashSet<>();
    LongStream.range(0, count).forEach(numbers::add);
    return numbers;
  }
}
