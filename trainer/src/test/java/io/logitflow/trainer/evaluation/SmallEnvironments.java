package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.NonAutoregressive;
import io.logitflow.trainer.environment.PrependAppend;
import java.util.List;
import java.util.stream.Stream;

/** One of every kind of environment, small enough for all of its paths to be walked. */
final class SmallEnvironments {
  private SmallEnvironments() {}

  static Stream<Environment> all() {
    return Stream.of(
        new PrependAppend(List.of("a", "b", "c"), "", 4),
        new Autoregressive(List.of("a", "b"), "", 1, 4),
        new Autoregressive(List.of("a", "b", "c"), "", 3, 3),
        new Hypergrid(2, 4),
        new NonAutoregressive(List.of("0", "1"), "", 4));
  }
}
