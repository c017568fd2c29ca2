package io.logitflow.contract.command;

import io.logitflow.contract.InvalidInputException;
import picocli.CommandLine.ITypeConverter;

/**
 * Reads an inverse temperature. What a float cannot hold is refused here, where the text is known
 * that it was written as.
 */
public final class BetaConverter implements ITypeConverter<Float> {
  /**
   * Returns the number.
   *
   * @throws InvalidInputException if the text is none, or not finite and above 0 as a float
   */
  @Override
  public Float convert(String text) {
    float beta;
    try {
      beta = Float.parseFloat(text);
    } catch (NumberFormatException e) {
      throw new InvalidInputException("beta", text, "a number");
    }
    if (!(beta > 0 && Float.isFinite(beta))) {
      throw new InvalidInputException(
          "beta", text, "a number above 0 that 32 bits hold, 1.4e-45 to 3.4e38");
    }
    return beta;
  }
}
