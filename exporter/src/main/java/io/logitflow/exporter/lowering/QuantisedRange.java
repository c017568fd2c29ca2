package io.logitflow.exporter.lowering;

/**
 * How the inputs of a layer are written as unsigned bytes: x is the byte nearest to x / scale +
 * zeroPoint, and what lies outside the range of bytes is the nearest end of it.
 *
 * @param scale the distance of neighbouring bytes, finite and above 0
 * @param zeroPoint the byte that is 0, 0 to 255
 */
public record QuantisedRange(float scale, int zeroPoint) {
  /** The largest byte. */
  public static final int LARGEST = 255;

  /**
   * Returns the narrowest range that holds given inputs and 0.
   *
   * @param lowest of the inputs
   * @param highest of the inputs
   */
  public static QuantisedRange of(float lowest, float highest) {
    float low = Math.min(0, lowest);
    float high = Math.max(0, highest);
    float scale = (high - low) / LARGEST;
    // Of a layer that is zero everywhere, and of infinite inputs, any range is as good.
    if (!(scale >= Float.MIN_NORMAL) || Float.isInfinite(scale)) {
      return new QuantisedRange(1, 0);
    }
    return new QuantisedRange(scale, Math.round(-low / scale));
  }
}
