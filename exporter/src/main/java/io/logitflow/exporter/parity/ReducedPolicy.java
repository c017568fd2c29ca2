package io.logitflow.exporter.parity;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.exporter.bundle.ManifestReduction;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.lowering.GraphOrigin;
import io.logitflow.exporter.lowering.PolicyLowering;
import io.logitflow.exporter.lowering.Precision;
import io.logitflow.exporter.lowering.Reduction;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.v1.ReducedPrecision;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The policy that a rollout of reduced precision draws from, state by state: logits of P_F by the
 * rollout's own reduced layers, run by ONNX Runtime, from the first reduced step on, those of the
 * full policy before, and everything else the full policy's. Not thread-safe.
 */
public final class ReducedPolicy implements StatePolicy, AutoCloseable {
  private final StatePolicy full;
  private final Environment environment;
  private final Precision precision;
  private final int firstStep;
  private final GraphSession reduced;

  /**
   * Loads the reduced layers that a manifest describes.
   *
   * @param full the policy without reduction
   * @param model the same networks
   * @param described what the manifest says of the reduction
   * @throws InvalidInputException if the model has other layers
   */
  public static ReducedPolicy of(StatePolicy full, TrainedModel model, ReducedPrecision described) {
    PolicyLowering lowering =
        new PolicyLowering(
            model.network(),
            model.environment(),
            model.parameters(),
            new GraphOrigin("", new TreeMap<>()));
    return new ReducedPolicy(
        full, lowering, model.environment(), ManifestReduction.of(described, model.network()));
  }

  /**
   * Loads the reduced layers.
   *
   * @param full the policy without reduction
   * @param lowering of the same networks
   * @param environment what they act in
   * @param reduction how they are reduced
   */
  ReducedPolicy(
      StatePolicy full, PolicyLowering lowering, Environment environment, Reduction reduction) {
    this.full = full;
    this.environment = environment;
    this.precision = reduction.precision();
    this.firstStep = reduction.firstStep();
    OnnxGraph graph = lowering.reduced(reduction).policy();
    this.reduced = GraphSession.open("the reduced policy", graph);
  }

  @Override
  public int heads() {
    return full.heads();
  }

  @Override
  public float[] forwardLogits(StateBatch states, float[] betas) {
    int rows = states.rows();
    int[] deep = IntStream.range(0, rows).filter(row -> isReduced(states, row)).toArray();
    if (deep.length == rows) {
      return reduced(states, betas);
    }
    float[] logits = full.forwardLogits(states, betas);
    if (deep.length > 0) {
      float[] deepLogits = reduced(states.select(deep), select(betas, deep));
      int width = deepLogits.length / deep.length;
      for (int i = 0; i < deep.length; i++) {
        System.arraycopy(deepLogits, i * width, logits, deep[i] * width, width);
      }
    }
    return logits;
  }

  /** Returns some elements of an array. */
  static float[] select(float[] elements, int[] chosen) {
    float[] selected = new float[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      selected[i] = elements[chosen[i]];
    }
    return selected;
  }

  private boolean isReduced(StateBatch states, int row) {
    return states.steps()[row] >= firstStep;
  }

  private float[] reduced(StateBatch states, float[] betas) {
    float[] logits = reduced.runOnStates(BundleFormat.FORWARD_LOGITS, environment, states, betas);
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        throw new LogitFlowException(
            Category.FAILED,
            "--precision "
                + precision.text()
                + ": logits are not finite, since numbers in the hidden layers are too large for"
                + " it");
      }
    }
    return logits;
  }

  @Override
  public float[] forwardScale(float[] betas) {
    return full.forwardScale(betas);
  }

  @Override
  public boolean learnsBackward() {
    return full.learnsBackward();
  }

  @Override
  public float[] backwardLogits(StateBatch states, float[] betas) {
    return full.backwardLogits(states, betas);
  }

  @Override
  public float[] backwardScale(float[] betas) {
    return full.backwardScale(betas);
  }

  @Override
  public float[] logPartition(float[] betas) {
    return full.logPartition(betas);
  }

  @Override
  public boolean logitsReadBeta() {
    return full.logitsReadBeta();
  }

  @Override
  public OptionalDouble logitClamp() {
    return full.logitClamp();
  }

  /** Frees the session, not the full policy. */
  @Override
  public void close() {
    reduced.close();
  }
}
