package io.logitflow.sampler.sampling;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for: {@code count} candidates at each of some inverse temperatures. Candidate i at
 * the j-th of them is row {@code firstRow + j * count + i}; rows come in that order. Immutable.
 */
public final class SampleRequest {
  private final float[] betas;
  private final long count;
  private final long firstRow;
  private final long seed;
  private final @Nullable Decoding decoding;

  private SampleRequest(
      float[] betas, long count, long firstRow, long seed, @Nullable Decoding decoding) {
    this.betas = betas;
    this.count = count;
    this.firstRow = firstRow;
    this.seed = seed;
    this.decoding = decoding;
  }

  /**
   * Returns a request.
   *
   * @param betas inverse temperatures, 1 to 1,000, each finite and above 0
   * @param count candidates for each, at least 1
   * @param firstRow number of the first row, at least 0; the last must fit in 64 bits
   * @param seed any value
   * @throws InvalidInputException if a value is out of its range; the message has a line for each,
   *     of the betas for the first ten
   */
  public static SampleRequest of(float[] betas, long count, long firstRow, long seed) {
    List<Problem> problems = new ArrayList<>();
    InverseTemperatures.check(betas, problems);
    if (count < 1) {
      problems.add(new Problem("count", String.valueOf(count), "at least 1"));
    }
    if (firstRow < 0) {
      problems.add(new Problem("first_row", String.valueOf(firstRow), "at least 0"));
    }
    if (problems.isEmpty()) {
      checkLastRow(betas.length, count, firstRow, problems);
    }
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
    return new SampleRequest(betas.clone(), count, firstRow, seed, null);
  }

  /**
   * Returns this request with a say in the actions of its rows.
   *
   * @param newDecoding read for the model that will be asked
   */
  public SampleRequest withDecoding(Decoding newDecoding) {
    return new SampleRequest(betas, count, firstRow, seed, newDecoding);
  }

  /** Returns the number of inverse temperatures. */
  public int betaCount() {
    return betas.length;
  }

  /** Returns the j-th inverse temperature. */
  public float beta(int j) {
    return betas[j];
  }

  /** Returns the number of candidates for each inverse temperature. */
  public long count() {
    return count;
  }

  /** Returns the number of the first row. */
  public long firstRow() {
    return firstRow;
  }

  /** Returns the seed. */
  public long seed() {
    return seed;
  }

  /** Returns the say in the actions; empty if the policy alone decides. */
  public Optional<Decoding> decoding() {
    return Optional.ofNullable(decoding);
  }

  /** Returns how many rows there are: betas times count. */
  public long rows() {
    return betas.length * count;
  }

  /**
   * Returns the inverse temperature of a row.
   *
   * @param index of the row within the request, from 0
   */
  public float betaOfRow(long index) {
    return betas[(int) (index / count)];
  }

  private static void checkLastRow(
      int betaCount, long count, long firstRow, List<Problem> problems) {
    long largestCount = Long.MAX_VALUE / betaCount;
    if (count > largestCount) {
      problems.add(new Problem("count", String.valueOf(count), "1 to " + largestCount));
    } else if (firstRow > Long.MAX_VALUE - (betaCount * count - 1)) {
      problems.add(
          new Problem(
              "first_row",
              String.valueOf(firstRow),
              "at most " + (Long.MAX_VALUE - (betaCount * count - 1))));
    }
  }
}
