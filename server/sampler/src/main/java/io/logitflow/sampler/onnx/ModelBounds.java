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

  /** The nodes of a graph: ONNX Runtime takes minutes to load as many. */
  public static final int MOST_NODES = 12_000;

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
