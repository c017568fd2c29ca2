package io.logitflow.sampler.onnx;

/**
 * How large a model may be, so that neither reading it nor running it takes memory without bound.
 * The exporter's own bounds are narrower.
 */
public final class ModelBounds {
  /** The bytes of a file of ONNX, which protobuf limits to 2 GiB. */
  public static final long LARGEST_FILE = Integer.MAX_VALUE;

  /** The bytes of a file beside its constants' elements: names, nodes and types. */
  public static final int LARGEST_STRUCTURE = 16 << 20;

  /** The fields of a file, one for each number, name or message in it. */
  public static final int MOST_FIELDS = 1 << 20;

  /**
   * The nodes of a graph, those in the body of a loop among them: ONNX Runtime takes minutes to
   * load as many.
   */
  public static final int MOST_NODES = 12_000;

  /** How often the body of a loop runs, at most: as often as the longest trajectory has steps. */
  public static final int MOST_TRIPS = 65_536;

  /**
   * The nodes that a loop runs, its body's counted once for each time: a run of a graph cannot be
   * cut short, and each takes a third of a microsecond at least.
   */
  public static final long MOST_REPEATED_NODES = 1L << 22;

  /**
   * The bytes that a row, and what no row has, take in the values of a loop's body, as often as it
   * runs: they are not held at one time, but written.
   */
  public static final long LARGEST_REPEATED = 16L << 30;

  /** The axes of a value. */
  public static final int MOST_AXES = 8;

  /**
   * The bytes of the values that a graph computes of its constants alone, taken together. ONNX
   * Runtime computes them when it loads the graph, and then holds them twice for a moment.
   */
  public static final long LARGEST_FIXED = 1L << 30;

  /** The bytes that a row takes in all the values that depend on the batch, taken together. */
  public static final long LARGEST_ROW = 64L << 20;

  /** The bytes that all rows of a run take in these values. */
  public static final long LARGEST_RUN = 4L << 30;

  /** The bytes of a constant that is read for its elements, such as axes or a shape. */
  static final int LARGEST_READ_CONSTANT = 4 << 10;

  private ModelBounds() {}
}
