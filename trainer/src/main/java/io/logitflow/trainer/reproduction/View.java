package io.logitflow.trainer.reproduction;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One figure of all runs of an experiment, as a table, a chart or both. Against rounds or reward
 * calls it comes from what training records, or where {@code betas} are named from the evaluations
 * on the interval; against β from the evaluation at the end.
 *
 * @param name its name in files
 * @param title its heading
 * @param note what a reader must know, Markdown, empty if nothing
 * @param figure key of the figure, as the run's files have it
 * @param axis what it is shown against
 * @param betas a chart's panels, none where it has one alone
 * @param columns places on the axis that stand in the table, no table if none
 * @param decimals digits behind the point in the table
 * @param chart how it is drawn, or null if it is not
 * @param target key of the same figure of the exact target, or null if it has none
 * @param without names of variants that are left out
 * @param references figures that others have published or measured
 */
public record View(
    String name,
    String title,
    String note,
    String figure,
    Axis axis,
    List<Double> betas,
    List<Double> columns,
    int decimals,
    @Nullable ChartForm chart,
    @Nullable String target,
    List<String> without,
    List<Reference> references) {
  /** Replaces what a description leaves out. */
  public View {
    note = note == null ? "" : note;
    betas = betas == null ? List.of() : betas;
    columns = columns == null ? List.of() : columns;
    without = without == null ? List.of() : without;
    references = references == null ? List.of() : references;
  }

  /** What a figure is shown against. */
  public enum Axis {
    /** Rounds done. */
    @JsonProperty("rounds")
    ROUND("rounds"),
    /** Objects that the reward has been asked for. */
    @JsonProperty("reward-calls")
    REWARD_CALLS("reward calls"),
    /** Inverse temperature. */
    @JsonProperty("beta")
    BETA("β");

    private final String title;

    Axis(String title) {
      this.title = title;
    }

    /** Returns its name for readers. */
    public String title() {
      return title;
    }
  }

  /**
   * How a view is drawn.
   *
   * @param label of the vertical axis
   * @param logarithmic whether the horizontal axis is
   */
  public record ChartForm(String label, boolean logarithmic) {}

  /**
   * Figures that others have published or measured.
   *
   * @param title whose they are
   * @param values for each column of the table the figures of all seeds, or their mean alone; empty
   *     where there are none
   */
  public record Reference(String title, List<List<Double>> values) {}
}
