package io.logitflow.sampler.scoring;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.sampling.CounterRandom;
import io.logitflow.sampler.sampling.InverseTemperatures;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.sampler.session.ScoreBuffers;
import io.logitflow.sampler.session.ScoreSession;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Scores objects of a bundle, in process and on the callers' threads. A score depends on (model,
 * seed, number of the object, K, object, beta) alone, whatever else runs. Thread-safe.
 */
public final class Scorer implements AutoCloseable {
  private static final int TILE_ROWS = 256;

  private final Bundle bundle;
  private final ExecutionProvider provider;
  private final int mostRuns;

  /** As many runs as may be under way; in turns, so that a long request does not starve a short. */
  private final Semaphore runs;

  @GuardedBy("this")
  private @Nullable ScoreSession session;

  @GuardedBy("this")
  private boolean closed;

  private Scorer(Bundle bundle, ExecutionProvider provider, int mostRuns) {
    this.bundle = bundle;
    this.provider = provider;
    this.mostRuns = mostRuns;
    runs = new Semaphore(mostRuns, true);
  }

  /**
   * Creates a scorer; the graph is loaded for the first request.
   *
   * @param bundle an opened bundle
   * @param provider where to run
   * @param mostRuns the most runs side by side, at least 1
   */
  public static Scorer open(Bundle bundle, ExecutionProvider provider, int mostRuns) {
    return new Scorer(bundle, provider, mostRuns);
  }

  /**
   * Returns whether a bundle has a graph of scores.
   *
   * @param bundle an opened bundle
   */
  public static boolean covers(Bundle bundle) {
    return bundle.manifest().hasScoring();
  }

  /**
   * Refuses a bundle without a graph of scores, whatever is asked of it.
   *
   * @throws InvalidInputException if it has none
   */
  public void requireScores() {
    if (!covers(bundle)) {
      throw new InvalidInputException(
          "the model",
          "no graph of role SCORE",
          "one, which a bundle of format 3 has where trajectories are not too long");
    }
  }

  /**
   * Scores objects.
   *
   * @param request what is asked for
   * @throws InvalidInputException if the model has no graph of scores, or a number is not finite at
   *     a beta outside the trained range
   * @throws LogitFlowException if a run fails, or the scorer is closed
   */
  public Scores score(ScoreRequest request) {
    return score(request, () -> false);
  }

  /**
   * Scores objects while somebody waits for them.
   *
   * @param request what is asked for
   * @param abandoned asked between runs whether nobody does any more
   * @throws InvalidInputException if the model has no graph of scores, or a number is not finite at
   *     a beta outside the trained range
   * @throws LogitFlowException if a run fails, the scorer is closed, or the request abandoned
   */
  public Scores score(ScoreRequest request, BooleanSupplier abandoned) {
    ScoreSession graph = session();
    int objects = request.objectCount();
    int trajectories = request.trajectories();
    float[] logP = new float[Math.multiplyExact(request.betaCount(), objects)];
    float[] standardError = new float[logP.length];
    boolean exact = BundleFormat.scoresExactly(bundle.manifest());
    ScoreBuffers buffers = graph.newBuffers(TILE_ROWS, request.rows());
    CounterRandom random = new CounterRandom();
    double[] logWeights = new double[trajectories];
    int tile = buffers.maximumRows();
    for (long first = 0; first < request.rows(); first += tile) {
      int rows = (int) Math.min(tile, request.rows() - first);
      for (int row = 0; row < rows; row++) {
        fill(request, first + row, buffers, row, random);
      }
      run(graph, buffers, rows, abandoned);
      for (int row = 0; row < rows; row++) {
        int score = (int) ((first + row) / trajectories);
        int trajectory = (int) ((first + row) % trajectories);
        logWeights[trajectory] = buffers.logWeight(row);
        requireFinite(logWeights[trajectory], request, score);
        if (exact) {
          logP[score] = (float) logWeights[0];
        } else if (trajectory == trajectories - 1) {
          Estimate estimate = Estimate.of(logWeights);
          logP[score] = (float) estimate.logP();
          standardError[score] = (float) estimate.standardError();
        }
      }
    }
    return new Scores(exact, objects, logP, standardError);
  }

  private void fill(
      ScoreRequest request, long row, ScoreBuffers buffers, int offset, CounterRandom random) {
    int score = (int) (row / request.trajectories());
    int object = score % request.objectCount();
    int rowBytes = bundle.rowWidth() * bundle.vocabulary().bytesPerToken();
    buffers.tokens().put(offset * rowBytes, request.tokens(), object * rowBytes, rowBytes);
    buffers.length().put(offset, request.length(object));
    buffers.beta().put(offset, request.beta(score / request.objectCount()));
    if (buffers.uniform().capacity() > 0) {
      long number =
          (request.firstObject() + object) * request.trajectories() + row % request.trajectories();
      int steps = bundle.steps();
      random.fill(
          CounterRandom.BACKWARD_STREAM,
          request.seed(),
          number,
          1,
          buffers.uniform(),
          offset * steps,
          steps);
    }
  }

  private void run(ScoreSession graph, ScoreBuffers buffers, int rows, BooleanSupplier abandoned) {
    runs.acquireUninterruptibly();
    try {
      requireOpen();
      if (abandoned.getAsBoolean()) {
        throw new LogitFlowException(Category.UNAVAILABLE, "nobody waits for the scores");
      }
      graph.run(buffers, rows);
    } finally {
      runs.release();
    }
  }

  private void requireFinite(double logWeight, ScoreRequest request, int score) {
    if (Double.isFinite(logWeight)) {
      return;
    }
    float beta = request.beta(score / request.objectCount());
    if (bundle.extrapolates(beta)) {
      throw InverseTemperatures.notFinite(bundle, beta);
    }
    throw new LogitFlowException(
        Category.FAILED,
        "the model's score gave "
            + logWeight
            + " at beta "
            + beta
            + ", object "
            + score % request.objectCount());
  }

  private synchronized ScoreSession session() {
    requireOpen();
    requireScores();
    if (session == null) {
      session = ScoreSession.open(bundle, provider);
    }
    return session;
  }

  private synchronized void requireOpen() {
    if (closed) {
      throw new LogitFlowException(Category.UNAVAILABLE, "the scorer is closed");
    }
  }

  /** Closes when the runs under way are done; requests that are not then fail as UNAVAILABLE. */
  @Override
  public void close() {
    ScoreSession left;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      left = session;
    }
    runs.acquireUninterruptibly(mostRuns);
    if (left != null) {
      left.close();
    }
    runs.release(mostRuns);
  }
}
