package io.logitflow.exporter.parity;

import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.session.DecodingBuffers;
import io.logitflow.sampler.session.DecodingSession;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.sampler.session.RolloutBuffers;
import io.logitflow.sampler.session.RolloutSession;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.trajectory.SampledTrajectories;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import io.logitflow.trainer.trajectory.TrajectoryLogProbability;
import io.logitflow.v1.BetaRange;
import io.logitflow.v1.Graph.Role;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The comparison of every output of every graph of a bundle with the trainer's own functions: the
 * rollout, and the decoding with all actions allowed, on trajectories that both draw from the same
 * uniforms, the other graphs on the states that these visit and on a range of inverse temperatures.
 */
public final class ParityCheck {
  /** Trajectories drawn, spread over the inverse temperatures. */
  static final int ROWS = 4_096;

  /** Distance of a uniform from a boundary between actions below which rounding may decide. */
  private static final double BOUNDARY = 1e-5;

  private static final int LARGEST_TILE = 256;
  private static final int SMALLEST_TILE = 4;

  /** The most features or actions of the states of a tile. */
  private static final long NUMBERS = 1 << 26;

  private static final long SEED = 0x10617F10L;
  private static final int BETA_GRID = 64;

  private final Bundle bundle;
  private final Environment environment;
  private final StatePolicy trained;
  private final StatePolicy drawing;
  private final ExecutionProvider provider;
  private final List<Float> betas;
  private final int tile;

  private final Comparison logits =
      new Comparison(BundleFormat.POLICY_FILE, BundleFormat.FORWARD_LOGITS);
  private final Comparison backwardLogits =
      new Comparison(BundleFormat.POLICY_FILE, BundleFormat.BACKWARD_LOGITS);
  private final Comparison scale =
      new Comparison(BundleFormat.SCALE_FILE, BundleFormat.FORWARD_SCALE);
  private final Comparison backwardScale =
      new Comparison(BundleFormat.SCALE_FILE, BundleFormat.BACKWARD_SCALE);
  private final Comparison logPartition =
      new Comparison(BundleFormat.LOG_PARTITION_FILE, BundleFormat.LOG_PARTITION);
  private final TrajectoryParity rollout;
  private final TrajectoryParity decoding =
      new TrajectoryParity(
          BundleFormat.DECODING_FILE, true, Tolerance.BINARY32, Tolerance.BINARY32);
  private int boundaryRows;

  /**
   * Prepares a comparison.
   *
   * @param bundle an opened bundle
   * @param environment the model's environment
   * @param trained the trainer's functions with the parameters that were exported
   * @param drawing the policy that rollout and decoding should draw from
   * @param provider where the rollout runs
   * @param forward tolerance of the rollout's log P_F
   * @param others tolerance of its other numbers
   */
  ParityCheck(
      Bundle bundle,
      Environment environment,
      StatePolicy trained,
      StatePolicy drawing,
      ExecutionProvider provider,
      Tolerance forward,
      Tolerance others) {
    this.bundle = bundle;
    this.environment = environment;
    this.trained = trained;
    this.drawing = drawing;
    this.provider = provider;
    this.betas =
        betas(bundle.manifest().getTrainedBeta()).stream().filter(bundle::answers).toList();
    this.tile = tile(environment);
    this.rollout = new TrajectoryParity(BundleFormat.ROLLOUT_FILE, false, forward, others);
  }

  /**
   * Returns how many trajectories are drawn at once: a power of two.
   *
   * @param environment where they run
   */
  static int tile(Environment environment) {
    long width = Math.max(environment.featureCount(), environment.actionCount());
    long most = NUMBERS / ((environment.maximumSteps() + 1) * width);
    return (int) Long.highestOneBit(Math.max(SMALLEST_TILE, Math.min(LARGEST_TILE, most)));
  }

  /**
   * Compares a bundle with the trainer.
   *
   * @param bundle an opened bundle
   * @param environment the model's environment
   * @param trained the trainer's functions with the parameters that were exported
   * @param provider where the rollout runs; the other graphs run on the CPU
   * @return what came out, passed or not
   */
  public static ParityReport run(
      Bundle bundle, Environment environment, StatePolicy trained, ExecutionProvider provider) {
    return run(bundle, environment, trained, trained, provider);
  }

  /**
   * Compares a bundle whose rollout and decoding have reduced precision: these with the policy that
   * they should draw from, all else with the trainer.
   *
   * @param bundle an opened bundle
   * @param environment the model's environment
   * @param trained the trainer's functions with the parameters that were exported
   * @param drawing the policy of the same reduction, that differs from the trainer's in P_F alone
   * @param provider where the rollout runs; the other graphs run on the CPU
   * @return what came out, passed or not
   */
  static ParityReport run(
      Bundle bundle,
      Environment environment,
      StatePolicy trained,
      StatePolicy drawing,
      ExecutionProvider provider) {
    int steps = environment.maximumSteps();
    String precision = bundle.manifest().getPrecision().getKind();
    return new ParityCheck(
            bundle,
            environment,
            trained,
            drawing,
            provider,
            Tolerance.ofLogForward(precision, provider, steps),
            Tolerance.of(provider, steps))
        .run();
  }

  /** Returns inverse temperatures at the ends of the trained range, inside and around it. */
  private static List<Float> betas(BetaRange range) {
    float low = range.getLow();
    float high = range.getHigh();
    return Stream.of(low / 4, low / 2, low, (low + high) / 2, high, 1.5f * high, 2 * high)
        .distinct()
        .toList();
  }

  /** Compares. */
  ParityReport run() {
    try (OnnxStatePolicy exported = new OnnxStatePolicy(bundle, environment);
        RolloutSession session = RolloutSession.open(bundle, provider);
        RolloutBuffers buffers = session.newBuffers(tile);
        DecodingSession decodingSession = new DecodingSession(bundle, ExecutionProvider.CPU);
        DecodingBuffers decoded = decodingSession.newBuffers(buffers)) {
      leaveAllToThePolicy(decoded);
      for (int firstRow = 0; firstRow < ROWS; firstRow += tile) {
        DrawnTile drawn = drawTile(exported, buffers, firstRow);
        session.run(buffers, tile);
        boundaryRows += compareRows(rollout, buffers, null, drawn);
        if (bundle.has(Role.DECODING)) {
          decodingSession.run(decoded, tile);
          compareRows(decoding, buffers, decoded.logPfDrawn(), drawn);
        }
      }
      compareFunctionsOfBeta(exported);
    }
    List<Comparison> comparisons =
        new ArrayList<>(List.of(logits, backwardLogits, scale, backwardScale, logPartition));
    comparisons.addAll(rollout.comparisons());
    if (bundle.has(Role.DECODING)) {
      comparisons.addAll(decoding.comparisons());
    }
    List<OutputParity> outputs =
        comparisons.stream().filter(this::isThere).map(Comparison::result).toList();
    return ParityReport.of(betas, ROWS, boundaryRows, outputs);
  }

  /** Tells whether the model should have an output, compared or not. */
  private boolean isThere(Comparison comparison) {
    boolean ofScale = comparison == scale || comparison == backwardScale;
    boolean ofBackward = comparison == backwardLogits || comparison == backwardScale;
    return (!ofScale || BundleFormat.scalesLogits(bundle.manifest()))
        && (!ofBackward || trained.learnsBackward());
  }

  private void compareFunctionsOfBeta(OnnxStatePolicy exported) {
    float[] grid = betaGrid();
    if (exported.scales()) {
      scale.addAll(exported.forwardScale(grid), trained.forwardScale(grid));
    }
    if (exported.scales() && trained.learnsBackward()) {
      backwardScale.addAll(exported.backwardScale(grid), trained.backwardScale(grid));
    }
    logPartition.addAll(exported.logPartition(grid), trained.logPartition(grid));
  }

  private void leaveAllToThePolicy(DecodingBuffers decoded) {
    for (int i = 0; i < decoded.allowed().capacity(); i++) {
      decoded.allowed().put(i, 1);
    }
    decoded.choose(false, 1);
  }

  /** Draws a tile as the trainer does, and makes it the input of the graphs. */
  private DrawnTile drawTile(OnnxStatePolicy exported, RolloutBuffers buffers, int firstRow) {
    float[] tileBetas = new float[tile];
    for (int row = 0; row < tile; row++) {
      tileBetas[row] = betas.get((firstRow + row) % betas.size());
    }
    SampledTrajectories expected =
        SeededTrajectories.draw(environment, drawing, tileBetas, SEED, firstRow);
    TrajectoryBatch trajectories = expected.trajectories();
    ChosenIntervals chosen = new ChosenIntervals(environment, drawing, tileBetas, trajectories);
    for (int step = 0; step < environment.maximumSteps(); step++) {
      StateBatch before = trajectories.statesAt(step);
      float[] expectedLogits = trained.forwardLogits(before, tileBetas);
      chosen.add(
          step, drawing == trained ? expectedLogits : drawing.forwardLogits(before, tileBetas));
      logits.addAll(exported.forwardLogits(before, tileBetas), expectedLogits);
      if (trained.learnsBackward()) {
        StateBatch behind = trajectories.statesAt(step + 1);
        backwardLogits.addAll(
            exported.backwardLogits(behind, tileBetas), trained.backwardLogits(behind, tileBetas));
      }
    }
    buffers.beta().put(0, tileBetas);
    buffers.uniform().put(0, chosen.middles());
    return new DrawnTile(
        expected,
        chosen,
        TrajectoryLogProbability.backward(trained, tileBetas, trajectories),
        trained.logPartition(tileBetas));
  }

  /** Compares the outputs of a run; returns how many rows are too near a boundary for it. */
  private int compareRows(
      TrajectoryParity parity,
      RolloutBuffers buffers,
      @Nullable FloatBuffer drawn,
      DrawnTile expected) {
    int skipped = 0;
    for (int row = 0; row < tile; row++) {
      parity.addLogZ(buffers, row, expected.logZ()[row]);
      if (expected.chosen().margin(row) < BOUNDARY) {
        skipped++;
      } else {
        parity.add(buffers, drawn, row, expected.trajectories(), expected.logPb()[row]);
      }
    }
    return skipped;
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

  private record DrawnTile(
      SampledTrajectories trajectories, ChosenIntervals chosen, double[] logPb, float[] logZ) {}
}
