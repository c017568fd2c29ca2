package io.logitflow.trainer.environment;

import io.logitflow.trainer.config.EnvironmentConfig;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Environments of every type that are small enough to look at every state, and how to read one. */
final class SmallEnvironments {
  /** By type of config: all environments of that type up to a size. */
  static final Map<Class<?>, Arbitrary<EnvironmentConfig>> BY_TYPE =
      Map.of(
          EnvironmentConfig.PrependAppend.class,
          Combinators.combine(tokens(), lengths())
              .<EnvironmentConfig>as(
                  (tokens, length) -> new EnvironmentConfig.PrependAppend(tokens, "-", length)),
          EnvironmentConfig.Autoregressive.class,
          Combinators.combine(tokens(), lengths()).flatAs(SmallEnvironments::autoregressive),
          EnvironmentConfig.Hypergrid.class,
          Combinators.combine(
                  Arbitraries.integers().between(1, 3), Arbitraries.integers().between(2, 4))
              .<EnvironmentConfig>as(EnvironmentConfig.Hypergrid::new),
          EnvironmentConfig.NonAutoregressive.class,
          Combinators.combine(tokens(), lengths())
              .<EnvironmentConfig>as(
                  (tokens, length) -> new EnvironmentConfig.NonAutoregressive(tokens, "", length)));

  private SmallEnvironments() {}

  /** All of them. */
  static Arbitrary<EnvironmentConfig> all() {
    return Arbitraries.oneOf(List.copyOf(BY_TYPE.values()));
  }

  /** All states at a distance from the root. */
  static StateBatch layer(Environment environment, int steps) {
    return environment.states(
        steps, 0, Math.toIntExact(environment.stateCount(steps).orElseThrow()));
  }

  /** All objects. */
  static ObjectBatch objects(Environment environment) {
    return environment.objects(0, Math.toIntExact(environment.objectCount().orElseThrow()));
  }

  /** The cells and the steps of a state, comparable. */
  static List<Integer> state(StateBatch states, int row) {
    return IntStream.concat(
            IntStream.of(states.steps()[row]),
            IntStream.range(row * states.width(), (row + 1) * states.width())
                .map(i -> states.cells()[i]))
        .boxed()
        .toList();
  }

  /** The tokens of an object, comparable. */
  static List<Integer> object(ObjectBatch objects, int row) {
    int first = row * objects.width();
    return IntStream.range(first, first + objects.lengths()[row])
        .mapToObj(i -> objects.tokens()[i])
        .toList();
  }

  private static Arbitrary<EnvironmentConfig> autoregressive(List<String> tokens, int length) {
    return Arbitraries.integers()
        .between(1, length)
        .injectNull(0.2)
        .map(minimum -> new EnvironmentConfig.Autoregressive(tokens, "", minimum, length));
  }

  private static Arbitrary<List<String>> tokens() {
    return Arbitraries.integers()
        .between(1, 3)
        .map(vocabulary -> List.of("A", "b", "\u03b2").subList(0, vocabulary));
  }

  private static Arbitrary<Integer> lengths() {
    return Arbitraries.integers().between(1, 4);
  }
}
