package io.logitflow.trainer.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.NonAutoregressive;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateTableTest {
  private static final List<String> BASES = List.of("A", "C", "G", "T");

  @Test
  void hasARowForEveryState() {
    assertThat(new StateTable("t", new Autoregressive(BASES, "", 8, 8), true, 4).shapes())
        .isEqualTo(Map.of("t.rows", List.of(87_381, 4)));
    assertThat(new StateTable("t", new Autoregressive(BASES, "", 8, 8), false, 4).rows())
        .isEqualTo(21_845);
    assertThat(new StateTable("t", new Autoregressive(BASES, "", 3, 8), false, 4).rows())
        .isEqualTo(87_381);
    assertThat(new StateTable("t", new Hypergrid(3, 5), false, 8).shapes())
        .containsEntry("t.rows", List.of(125, 8));
    assertThat(
            new StateTable("t", new NonAutoregressive(List.of("0", "1"), "", 4), false, 2).shapes())
        .containsEntry("t.rows", List.of(81, 2));
  }

  @Test
  void tooManyStatesAreRefused() {
    assertThatThrownBy(() -> new StateTable("t", new Autoregressive(BASES, "", 12, 12), true, 8))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "policy.network: found a table of 22369621 states of 8 numbers each, expected at most"
                + " 8388608 states, or mlp");
    assertThatThrownBy(() -> new StateTable("t", new Hypergrid(64, 64), false, 65))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "policy.network: found a table of more than 2^63 states of 65 numbers each, expected at"
                + " most 1032444 states, or mlp");
  }
}
