package io.logitflow.trainer.reproduction;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.trainer.reproduction.View.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SeedLinesTest {
  private static final List<Map<Double, Double>> LINES =
      List.of(Map.of(10.0, 1.0, 20.0, 3.0), Map.of(10.0, 2.0, 15.0, 7.0, 20.0, 5.0));

  private static SeedLines lines(Axis axis) {
    List<NavigableMap<Double, Double>> lines = new ArrayList<>();
    LINES.forEach(line -> lines.add(new TreeMap<>(line)));
    return new SeedLines(axis, lines);
  }

  @Test
  void aPlaceBetweenRoundsHasTheLastOneBefore() {
    SeedLines lines = lines(Axis.ROUND);
    assertThat(lines.at(19)).isEqualTo(Spread.of(1, 7));
    assertThat(lines.at(20)).isEqualTo(Spread.of(3, 5));
  }

  @Test
  void aPlaceBeforeTheFirstOrBehindTheLastRoundHasNothing() {
    assertThat(lines(Axis.REWARD_CALLS).at(9).count()).isZero();
    assertThat(lines(Axis.REWARD_CALLS).at(20.5).count()).isZero();
  }

  @Test
  void anInverseTemperatureHasItsOwnFiguresAlone() {
    assertThat(lines(Axis.BETA).at(15)).isEqualTo(Spread.of(7));
    assertThat(lines(Axis.BETA).at(19).count()).isZero();
  }

  @Test
  void aChartShowsThePlacesThatAllSeedsHave() {
    assertThat(lines(Axis.ROUND).spreads())
        .containsExactly(Map.entry(10.0, Spread.of(1, 2)), Map.entry(20.0, Spread.of(3, 5)));
  }
}
