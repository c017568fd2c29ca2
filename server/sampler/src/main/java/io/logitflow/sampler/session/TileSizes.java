package io.logitflow.sampler.session;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The numbers of rows that runs have: a tile is padded to the next of them. Kernels are chosen by
 * size, and with them the last bits of a result; between these sizes a row's bits must not differ.
 */
public final class TileSizes {
  private static final int[] RUNGS = {4, 32, 256, 1_024, 4_096, 16_384};

  private final int[] ascending;

  private TileSizes(int[] ascending) {
    this.ascending = ascending;
  }

  /**
   * Returns given sizes.
   *
   * @param ascending at least one, each above the one before
   */
  static TileSizes of(int... ascending) {
    return new TileSizes(ascending.clone());
  }

  /**
   * Returns every multiple of four up to a largest tile: kernels for the CPU treat whole blocks of
   * four rows in one way and the rows that are left in another one.
   *
   * @param maximumRows rows of that tile, at least 1; rounded up
   */
  static TileSizes multiplesOfFour(int maximumRows) {
    int most = RolloutBuffers.padded(maximumRows);
    int multiple = RolloutBuffers.ROW_MULTIPLE;
    return new TileSizes(
        IntStream.rangeClosed(1, most / multiple).map(count -> count * multiple).toArray());
  }

  /**
   * Returns few sizes up to a largest tile, far apart, so that all of them can be compared.
   *
   * @param maximumRows rows of that tile, at least 1; rounded up to a multiple of four
   */
  static TileSizes ladder(int maximumRows) {
    int most = RolloutBuffers.padded(maximumRows);
    IntStream below = Arrays.stream(RUNGS).filter(rung -> rung < most);
    return new TileSizes(IntStream.concat(below, IntStream.of(most)).toArray());
  }

  /**
   * Returns the sizes that tiles of a graph may have whose bits nobody compared: all where they
   * agree on every machine, else the largest alone.
   *
   * @param provider where it runs
   */
  TileSizes unmeasured(ExecutionProvider provider) {
    return provider.sizesAgree() ? this : retaining(size -> false);
  }

  /** Returns the sizes of a kind, and the largest. */
  TileSizes retaining(IntPredicate kind) {
    int largest = largest();
    return new TileSizes(
        Arrays.stream(ascending).filter(size -> size == largest || kind.test(size)).toArray());
  }

  /**
   * Returns the smallest size of at least so many rows.
   *
   * @param rows 1 to the largest size
   */
  int padded(int rows) {
    int place = Arrays.binarySearch(ascending, rows);
    return ascending[place < 0 ? -place - 1 : place];
  }

  /** Returns the largest size. */
  public int largest() {
    return ascending[ascending.length - 1];
  }

  /** Returns all sizes, ascending. */
  public List<Integer> all() {
    return Arrays.stream(ascending).boxed().toList();
  }
}
