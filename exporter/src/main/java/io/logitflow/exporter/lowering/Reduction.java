package io.logitflow.exporter.lowering;

import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.Mlp;
import java.util.List;

/**
 * Which products of a rollout are computed in fewer bits, and how. They are those of P_F between
 * two hidden layers, which take most of the time. The first layer reads features that are mostly
 * zero, and the last one makes few logits of many inputs, so both gain little and stay binary32,
 * the first one's weights on an {@link ExactGrid}; so do the logits of the root, which are
 * constants or computed once for each β, P_B, which does not draw, and everything behind the
 * logits.
 *
 * @param precision not {@link Precision#FP32}
 * @param firstStep the first step whose logits are reduced, at least 1; tables answer those before
 *     it, and the root is never reduced
 * @param ranges of {@link Precision#INT8}, the range of the inputs of each reduced product, from
 *     the input of the network on; else empty
 */
public record Reduction(Precision precision, int firstStep, List<QuantisedRange> ranges) {
  /** Copies the list. */
  public Reduction {
    ranges = List.copyOf(ranges);
  }

  /**
   * Returns how many products of a model's policy can be reduced.
   *
   * @param network the model's networks
   */
  public static int products(GFlowNet network) {
    return network.forward().network().map(Reduction::products).orElse(0);
  }

  /** Returns how many products lie between two hidden layers. */
  static int products(Mlp network) {
    return Math.max(0, network.layers() - 2);
  }
}
