package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import io.logitflow.trainer.config.ConditioningConfig.EncodingConfig;
import io.logitflow.trainer.config.ConditioningConfig.Thermometer;
import java.util.List;

/**
 * What a network conditioned by its layers reads of β beside the features: a small learned network
 * of raw β (the baseline of Kim et al. 2024), or a thermometer of bins.
 */
public final class BetaEncoding {
  private static final int RAW_WIDTH = 32;

  private final EncodingConfig config;
  private final List<Mlp> networks;

  /**
   * Declares the encoding.
   *
   * @param name prefix of its parameters' names
   * @param config its form
   */
  BetaEncoding(String name, EncodingConfig config) {
    this.config = config;
    this.networks =
        config instanceof Thermometer
            ? List.of()
            : List.of(
                new Mlp(name, ParameterGroup.POLICY, List.of(1, RAW_WIDTH, RAW_WIDTH, RAW_WIDTH)));
  }

  /** Returns the form. */
  public EncodingConfig config() {
    return config;
  }

  /** Returns the network of raw β, none for a thermometer. */
  public List<Mlp> networks() {
    return networks;
  }

  /** Returns D, the width of the encoding. */
  public int width() {
    return config instanceof Thermometer thermometer ? thermometer.bins() : RAW_WIDTH;
  }

  /**
   * Returns where the bins of a thermometer begin, [D].
   *
   * @param thermometer the form
   */
  public static float[] binStarts(Thermometer thermometer) {
    float[] starts = new float[thermometer.bins()];
    for (int bin = 0; bin < starts.length; bin++) {
      starts[bin] = thermometer.low() + bin * binWidth(thermometer);
    }
    return starts;
  }

  /**
   * Returns the range of β over which a bin of a thermometer fills.
   *
   * @param thermometer the form
   */
  public static float binWidth(Thermometer thermometer) {
    return (thermometer.high() - thermometer.low()) / thermometer.bins();
  }

  /**
   * Encodes β: bin i of a thermometer is (β − start of i) / width, cut to [0, 1].
   *
   * @param parameters the bound parameters
   * @param betas [N, 1]
   * @return [N, D]
   */
  NDArray apply(BoundParameters parameters, NDArray betas) {
    if (config instanceof Thermometer thermometer) {
      NDArray starts = betas.getManager().create(binStarts(thermometer)).reshape(1, width());
      return betas.sub(starts).div(binWidth(thermometer)).clip(0, 1);
    }
    return networks.get(0).apply(parameters, betas);
  }
}
