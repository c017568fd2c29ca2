package io.logitflow.trainer.reproduction;

import io.logitflow.trainer.reproduction.Experiment.Part;
import io.logitflow.trainer.reproduction.Experiment.Variant;
import io.logitflow.trainer.reproduction.View.Axis;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A figure of one variant along an axis, a line for each seed.
 *
 * @param axis the axis
 * @param lines the figure by its place
 */
record SeedLines(Axis axis, List<NavigableMap<Double, Double>> lines) {
  /**
   * Collects the lines of a variant.
   *
   * @param view whose figure
   * @param beta the β of the evaluations, or null where the view names none
   * @param results all that the experiment has
   * @param part of which part
   * @param variant of which variant
   */
  static SeedLines of(
      View view, @Nullable Double beta, List<RunResult> results, Part part, Variant variant) {
    return new SeedLines(
        view.axis(),
        results.stream()
            .filter(result -> result.run().isOf(part, variant))
            .map(result -> result.line(view, beta))
            .toList());
  }

  /**
   * Returns the figure at a place: at a β its own, else that of the last place at or before it,
   * where the line reaches so far.
   *
   * @param place a place on the axis
   */
  Spread at(double place) {
    return Spread.of(
        lines.stream()
            .map(line -> at(line, place))
            .filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .toArray());
  }

  private @Nullable Double at(NavigableMap<Double, Double> line, double place) {
    if (axis == Axis.BETA) {
      return line.get(place);
    }
    Map.Entry<Double, Double> entry = line.floorEntry(place);
    return entry == null || line.lastKey() < place ? null : entry.getValue();
  }

  /** Returns the spread at every place that all seeds have. */
  NavigableMap<Double, Spread> spreads() {
    NavigableSet<Double> places = new TreeSet<>();
    for (int i = 0; i < lines.size(); i++) {
      if (i == 0) {
        places.addAll(lines.get(i).keySet());
      } else {
        places.retainAll(lines.get(i).keySet());
      }
    }
    NavigableMap<Double, Spread> spreads = new TreeMap<>();
    places.forEach(place -> spreads.put(place, at(place)));
    return spreads;
  }
}
