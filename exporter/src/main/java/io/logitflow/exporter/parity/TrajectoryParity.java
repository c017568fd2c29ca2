package io.logitflow.exporter.parity;

import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.session.RolloutBuffers;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.trajectory.SampledTrajectories;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The comparison of what a graph of whole trajectories says of them with what the trainer does. */
final class TrajectoryParity {
  private final Comparison tokens;
  private final Comparison length;
  private final Comparison logPf;
  private final Comparison logPb;
  private final Comparison logZ;
  private final @Nullable Comparison logPfDrawn;

  /**
   * Starts a comparison.
   *
   * @param graph file of the graph
   * @param drawn whether it also tells the log-probability under what drew
   * @param forward tolerance of log P_F
   * @param others tolerance of log P_B and log Z
   */
  TrajectoryParity(String graph, boolean drawn, Tolerance forward, Tolerance others) {
    tokens = new Comparison(graph, BundleFormat.TOKENS);
    length = new Comparison(graph, BundleFormat.LENGTH);
    logPf = new Comparison(graph, BundleFormat.LOG_PF, forward);
    logPb = new Comparison(graph, BundleFormat.LOG_PB, others);
    logZ = new Comparison(graph, BundleFormat.LOG_Z, others);
    logPfDrawn = drawn ? new Comparison(graph, BundleFormat.LOG_PF_DRAWN, forward) : null;
  }

  /**
   * Compares log Z of a row, which does not depend on its trajectory.
   *
   * @param buffers after a run
   */
  void addLogZ(RolloutBuffers buffers, int row, float expected) {
    logZ.add(buffers.logZ().get(row), expected);
  }

  /**
   * Compares a trajectory.
   *
   * @param buffers after a run
   * @param drawn [B] log-probabilities under what drew; null if there are none
   * @param row of both
   * @param expected the trainer's
   * @param expectedLogPb the trainer's, of this row
   */
  void add(
      RolloutBuffers buffers,
      @Nullable FloatBuffer drawn,
      int row,
      SampledTrajectories expected,
      double expectedLogPb) {
    ObjectBatch objects = expected.trajectories().objects();
    int width = objects.width();
    for (int place = 0; place < width; place++) {
      tokens.add(token(buffers, row * width + place), objects.tokens()[row * width + place]);
    }
    length.add(buffers.length().get(row), objects.lengths()[row]);
    logPf.add(buffers.logPf().get(row), expected.logForward()[row]);
    logPb.add(buffers.logPb().get(row), expectedLogPb);
    if (logPfDrawn != null && drawn != null) {
      logPfDrawn.add(drawn.get(row), expected.logForward()[row]);
    }
  }

  /** Returns all comparisons. */
  List<Comparison> comparisons() {
    List<Comparison> all = new ArrayList<>(List.of(tokens, length, logPf, logPb, logZ));
    if (logPfDrawn != null) {
      all.add(logPfDrawn);
    }
    return all;
  }

  private static int token(RolloutBuffers buffers, int index) {
    return buffers.shape().bytesPerToken() == 1
        ? buffers.tokens().get(index) & 0xFF
        : buffers.tokens().getShort(index * Short.BYTES);
  }
}
