package io.logitflow.exporter.tabulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.StateBatch;
import java.lang.reflect.Proxy;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LevelSurveyTest {
  private final Environment grid = new Hypergrid(2, 3);

  /** At two steps lie the cells (0, 2), (1, 1), (2, 0), and (0, 1), (1, 0) where it stopped. */
  @Test
  void findsTheFewestAndTheMostParentsWhereverTheyStand() {
    LevelSurvey expected = new LevelSurvey(5, true, true, 1, 2);
    assertThat(LevelSurvey.of(grid, 2)).isEqualTo(expected);
    for (int most = 0; most < 5; most++) {
      assertThat(LevelSurvey.of(startingAt(most), 2)).as("from %d", most).isEqualTo(expected);
    }
  }

  @Test
  void surveysWhatIsTheSameInAllStates() {
    assertThat(LevelSurvey.of(grid, 0)).isEqualTo(new LevelSurvey(1, false, false, 0, 0));
    // Stopped in the last cell.
    assertThat(LevelSurvey.of(grid, 5)).isEqualTo(new LevelSurvey(1, true, false, 1, 1));
  }

  /** Returns the grid with its states in another order, as another environment may have them. */
  private Environment startingAt(int first) {
    return (Environment)
        Proxy.newProxyInstance(
            Environment.class.getClassLoader(),
            new Class<?>[] {Environment.class},
            (proxy, method, arguments) -> {
              Object result = method.invoke(grid, arguments);
              if (!method.getName().equals("states")) {
                return result;
              }
              StateBatch states = (StateBatch) result;
              int rows = states.rows();
              return states.select(
                  IntStream.range(0, rows).map(row -> (row + first) % rows).toArray());
            });
  }
}
