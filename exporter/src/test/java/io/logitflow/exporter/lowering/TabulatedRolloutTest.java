package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.tabulation.Tabulation;
import io.logitflow.exporter.tabulation.TabulationPlan.Layout;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TabulatedRolloutTest {
  private static final long EVERYTHING = 1L << 30;

  static Stream<Arguments> kinds() {
    return ModelKinds.models().filter(arguments -> !readsBeta(arguments));
  }

  private static boolean readsBeta(Arguments arguments) {
    return arguments.get()[0].toString().contains("encoding");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void drawsTheTrainersTrajectoriesWhereverTheTablesEnd(TrainedModel model) {
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      int steps = 0;
      for (long budget = 64; budget <= EVERYTHING; budget *= 2) {
        Optional<Tabulation> tables =
            Tabulation.of(
                model.environment(),
                model.network(),
                trained,
                EnvironmentLowering.of(model.environment())::cells,
                budget);
        int reached = tables.map(tabulation -> tabulation.plan().steps()).orElse(0);
        boolean last = tables.filter(t -> t.plan().layout() == Layout.EDGE).isPresent();
        if (reached > steps || last) {
          steps = reached;
          assertThat(tables.orElseThrow().plan().bytes()).isLessThanOrEqualTo(budget);
          RolloutLowering lowering = new RolloutLowering(RandomModel.lowering(model), tables);
          assertThat(RolloutLoweringTest.compareRandomRows(model.environment(), lowering, trained))
              .as("%s", tables.get().plan())
              .isGreaterThan(110);
        }
        if (last) {
          break;
        }
      }
      if (model.environment().maximumSteps() > 1) {
        assertThat(steps).isEqualTo(model.environment().maximumSteps());
      }
    }
  }
}
