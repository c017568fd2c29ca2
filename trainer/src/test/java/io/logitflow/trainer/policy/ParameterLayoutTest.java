package io.logitflow.trainer.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterLayoutTest {
  private final Mlp policy = new Mlp("p", ParameterGroup.POLICY, List.of(3, 4, 2));
  private final Mlp scale = new Mlp("s", ParameterGroup.SCALE, List.of(1, 5));

  @Test
  void blocksFollowOneAnotherWithoutGaps() {
    ParameterLayout layout = new ParameterLayout(List.of(policy, scale));
    assertThat(layout.blocks())
        .containsExactly(
            new ParameterBlock("p.0.weight", ParameterGroup.POLICY, List.of(3, 4), 0),
            new ParameterBlock("p.0.bias", ParameterGroup.POLICY, List.of(4), 12),
            new ParameterBlock("p.1.weight", ParameterGroup.POLICY, List.of(4, 2), 16),
            new ParameterBlock("p.1.bias", ParameterGroup.POLICY, List.of(2), 24),
            new ParameterBlock("s.0.weight", ParameterGroup.SCALE, List.of(1, 5), 26),
            new ParameterBlock("s.0.bias", ParameterGroup.SCALE, List.of(5), 31));
    assertThat(layout.size()).isEqualTo(36);
    assertThat(layout.groupOffsets()).containsExactly(0, 26);
  }

  @Test
  void refusesSplitGroupsAndUnknownNames() {
    assertThatThrownBy(() -> new ParameterLayout(List.of(scale, policy)))
        .hasMessage("p splits a group");
    assertThatThrownBy(() -> new ParameterLayout(List.of(policy)).block("q"))
        .hasMessage("no parameter q");
  }
}
