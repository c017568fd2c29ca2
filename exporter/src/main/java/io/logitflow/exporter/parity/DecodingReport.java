package io.logitflow.exporter.parity;

/**
 * How rows of the decoding graph, with all actions allowed, compare with those of the rollout.
 *
 * @param rows how many were drawn from each
 * @param differing in how many another object came, or a log-probability differs
 */
public record DecodingReport(long rows, long differing) {
  /**
   * One row of a hundred may differ: where the rollout looks logits up that the decoding computes,
   * their last bits differ, and a uniform can lie between.
   */
  private static final long ROWS_FOR_EACH_DIFFERENCE = 100;

  /** Returns whether the graphs draw the same. */
  public boolean passed() {
    return rows > 0 && differing * ROWS_FOR_EACH_DIFFERENCE <= rows;
  }

  /** Returns one line. */
  public String summary() {
    return (rows - differing) + " of " + rows + " rows are those of the rollout";
  }
}
