package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.policy.GFlowNet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimedRoundsTest {
  @Test
  void everyRoundSeesTheSamePolicyWithSharedStatesOrWithout(@TempDir Path folder) throws Exception {
    Landscape landscape =
        new Landscape(folder, 4, "training.batch=6", "optimiser.policy_learning_rate=10");
    List<StepPart> parts = new ArrayList<>();
    try (TimedRounds plain = rounds(landscape, false, StepClock.NONE);
        TimedRounds unique = rounds(landscape, true, parts::add)) {
      for (int round = 0; round < 4; round++) {
        assertThat(unique.run().actions()).isEqualTo(plain.run().actions());
      }
      assertThat(unique.parameters())
          .isEqualTo(plain.parameters())
          .isEqualTo(
              TrainingLoop.initialParameters(
                  0, GFlowNet.of(landscape.config(), landscape.environment())));
    }
    assertThat(parts).startsWith(StepPart.values()).hasSize(4 * StepPart.values().length);
  }

  private static TimedRounds rounds(Landscape landscape, boolean sharesStates, StepClock clock) {
    return new TimedRounds(
        landscape.config(), landscape.environment(), landscape.logReward(), sharesStates, clock);
  }
}
