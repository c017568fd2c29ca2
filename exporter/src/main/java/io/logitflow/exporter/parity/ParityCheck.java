package io.logitflow.exporter.parity;

import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.sampling.CounterRandom;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.sampler.session.RolloutBuffers;
import io.logitflow.sampler.session.RolloutSession;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.SampledTrajectories;
import io.logitflow.v1.BetaRange;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * The comparison of every output of every graph of a bundle with the trainer's own functions: the
 * rollout on trajectories that both draw from the same uniforms, the other graphs on the states
 * that these visit and on a range of inverse temperatures.
 */
public final class ParityCheck {
  /** Trajectories drawn, spread over the inverse temperatures. */
  static final int ROWS = 4_096;

  /** Distance of a uniform from a boundary between actions below which rounding may decide. */
  static final double BOUNDARY = 1e-5;

  private static final int TILE = 256;
  private static final long SEED = 0x10617F10L;
  private static final int BETA_GRID = 64;

  private final Bundle bundle;
  private final Environment environment;
  private final StatePolicy trained;
  private final List<Float> betas;

  private final Comparison logits =
      new Comparison(BundleFormat.POLICY_FILE, BundleFormat.FORWARD_LOGITS);
  private final Comparison scale =
      new Comparison(BundleFormat.SCALE_FILE, BundleFormat.FORWARD_SCALE);
  private final Comparison logPartition =
      new Comparison(BundleFormat.LOG_PARTITION_FILE, BundleFormat.LOG_PARTITION);
  private final Comparison tokens = rollout(BundleFormat.TOKENS);
  private final Comparison length = rollout(BundleFormat.LENGTH);
  private final Comparison logPf = rollout(BundleFormat.LOG_PF);
  private final Comparison logPb = rollout(BundleFormat.LOG_PB);
  private final Comparison logZ = rollout(BundleFormat.LOG_Z);
  private int boundaryRows;

  private ParityCheck(Bundle bundle, Environment environment, StatePolicy trained) {
    this.bundle = bundle;
    this.environment = environment;
    this.trained = trained;
    this.betas = betas(bundle.manifest().getTrainedBeta());
  }

  /**
   * Compares a bundle with the trainer.
   *
   * @param bundle an opened bundle
   * @param environment the model's environment
   * @param trained the trainer's functions with the parameters that were exported
   * @return what came out, passed or not
   */
  public static ParityReport run(Bundle bundle, Environment environment, StatePolicy trained) {
    return new ParityCheck(bundle, environment, trained).run();
  }

  /** Returns inverse temperatures inside the trained range, at its ends and around it. */
  private static List<Float> betas(BetaRange range) {
    float low = range.getLow();
    float high = range.getHigh();
    return Stream.of(low / 4, low / 2, low, (low + high) / 2, high, 1.5f * high, 2 * high)
        .distinct()
        .toList();
  }

  private ParityReport run() {
    try (OnnxStatePolicy exported = new OnnxStatePolicy(bundle, environment);
        RolloutSession session = RolloutSession.open(bundle, ExecutionProvider.CPU);
        RolloutBuffers buffers = session.newBuffers(TILE)) {
      for (int firstRow = 0; firstRow < ROWS; firstRow += TILE) {
        compareTile(exported, session, buffers, firstRow);
      }
      float[] grid = betaGrid();
      scale.addAll(exported.forwardScale(grid), trained.forwardScale(grid));
      logPartition.addAll(exported.logPartition(grid), trained.logPartition(grid));
    }
    List<OutputParity> outputs =
        Stream.of(logits, scale, logPartition, tokens, length, logPf, logPb, logZ)
            .map(Comparison::result)
            .toList();
    return ParityReport.of(betas, ROWS, boundaryRows, outputs);
  }

  private void compareTile(
      OnnxStatePolicy exported, RolloutSession session, RolloutBuffers buffers, int firstRow) {
    int steps = environment.maximumSteps();
    float[] tileBetas = new float[TILE];
    FloatBuffer uniforms = buffers.uniform();
    CounterRandom random = new CounterRandom();
    for (int row = 0; row < TILE; row++) {
      tileBetas[row] = betas.get((firstRow + row) % betas.size());
      random.fill(SEED, firstRow + row, uniforms, row * steps, steps);
    }
    buffers.beta().put(0, tileBetas);
    session.run(buffers, TILE);
    float[] drawn = new float[TILE * steps];
    uniforms.get(0, drawn);
    SampledTrajectories expected =
        new Rollout(environment).sample(trained, tileBetas, drawn, Exploration.NONE);
    compareRows(buffers, expected, trained.logPartition(tileBetas));
    for (int step = 0; step < steps; step++) {
      StateBatch states = statesBefore(step, expected.trajectories().states());
      logits.addAll(exported.forwardLogits(states), trained.forwardLogits(states));
    }
  }

  /** Copies the states of one step out of those of all steps, whose features may be too many. */
  private static StateBatch statesBefore(int step, StateBatch visited) {
    StateBatch states = new StateBatch(TILE, visited.width());
    int cells = TILE * visited.width();
    System.arraycopy(visited.cells(), step * cells, states.cells(), 0, cells);
    System.arraycopy(visited.steps(), step * TILE, states.steps(), 0, TILE);
    return states;
  }

  private void compareRows(
      RolloutBuffers buffers, SampledTrajectories expected, float[] expectedLogZ) {
    ObjectBatch objects = expected.trajectories().objects();
    int width = objects.width();
    for (int row = 0; row < TILE; row++) {
      logZ.add(buffers.logZ().get(row), expectedLogZ[row]);
      if (expected.boundaryDistance()[row] < BOUNDARY) {
        boundaryRows++;
        continue;
      }
      for (int place = 0; place < width; place++) {
        tokens.add(token(buffers, row * width + place), objects.tokens()[row * width + place]);
      }
      length.add(buffers.length().get(row), objects.lengths()[row]);
      logPf.add(buffers.logPf().get(row), expected.logForward()[row]);
      logPb.add(buffers.logPb().get(row), expected.trajectories().logBackward()[row]);
    }
  }

  private static int token(RolloutBuffers buffers, int index) {
    return buffers.shape().bytesPerToken() == 1
        ? buffers.tokens().get(index) & 0xFF
        : buffers.tokens().getShort(index * Short.BYTES);
  }

  /** Returns inverse temperatures between the lowest and the highest, equally far in log. */
  private float[] betaGrid() {
    double low = Math.log(betas.get(0));
    double high = Math.log(betas.get(betas.size() - 1));
    float[] grid = new float[BETA_GRID];
    for (int i = 0; i < BETA_GRID; i++) {
      grid[i] = (float) Math.exp(low + (high - low) * i / (BETA_GRID - 1));
    }
    return grid;
  }

  private static Comparison rollout(String output) {
    return new Comparison(BundleFormat.ROLLOUT_FILE, output);
  }
}
