package io.logitflow.sampler.sampling;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.session.DecodingBuffers;
import io.logitflow.sampler.session.RolloutBuffers;
import io.logitflow.sampler.session.RolloutShape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive rows of one request, column by column. Immutable; the native buffers that it was read
 * from may be overwritten. Index i counts the rows from 0; logarithms are natural.
 */
public final class Candidates {
  private final long firstRow;
  private final ByteBuffer tokens;
  private final int[] lengths;
  private final float[] betas;
  private final float[] logPf;
  private final float[] logPfDrawn;
  private final float[] logPb;
  private final float[] logZ;
  private final long @Nullable [] selectedRows;

  private Candidates(long firstRow, ByteBuffer tokens, int rows, boolean decoded) {
    this.firstRow = firstRow;
    this.tokens = tokens;
    selectedRows = null;
    lengths = new int[rows];
    betas = new float[rows];
    logPf = new float[rows];
    // What nothing constrains is drawn from the policy itself.
    logPfDrawn = decoded ? new float[rows] : logPf;
    logPb = new float[rows];
    logZ = new float[rows];
  }

  private Candidates(Candidates all, int[] indices) {
    selectedRows = new long[indices.length];
    lengths = new int[indices.length];
    int width = all.bytesPerRow();
    byte[] bytes = new byte[indices.length * width];
    for (int i = 0; i < indices.length; i++) {
      selectedRows[i] = all.row(indices[i]);
      lengths[i] = all.lengths[indices[i]];
      all.tokens.get(indices[i] * width, bytes, i * width, width);
    }
    firstRow = selectedRows[0];
    tokens = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    betas = select(all.betas, indices);
    logPf = select(all.logPf, indices);
    logPfDrawn = select(all.logPfDrawn, indices);
    logPb = select(all.logPb, indices);
    logZ = select(all.logZ, indices);
  }

  private static float[] select(float[] values, int[] indices) {
    float[] selected = new float[indices.length];
    for (int i = 0; i < indices.length; i++) {
      selected[i] = values[indices[i]];
    }
    return selected;
  }

  /**
   * Copies rows out of the buffers of a run, and checks that they are what a model may say.
   *
   * @param bundle what was sampled from
   * @param buffers after a run
   * @param offset of the first row in the buffers
   * @param rows how many, at least 1
   * @param firstRow number of the first row in its request
   * @return the rows
   * @throws InvalidInputException if a number is not finite at a beta outside the trained range
   * @throws LogitFlowException if a length, a token or a number is impossible otherwise
   */
  public static Candidates copyOf(
      Bundle bundle, RolloutBuffers buffers, int offset, int rows, long firstRow) {
    return read(bundle, buffers, null, offset, rows, firstRow);
  }

  /**
   * Copies rows out of the buffers of a run of the decoding graph, and checks that they are what a
   * model may say.
   *
   * @param bundle what was sampled from
   * @param buffers after a run
   * @param offset of the first row in the buffers
   * @param rows how many, at least 1
   * @param firstRow number of the first row in its request
   * @return the rows
   * @throws InvalidInputException if a number is not finite at a beta outside the trained range, or
   *     a row came to a state in which no allowed action is valid
   * @throws LogitFlowException if a length, a token or a number is impossible otherwise
   */
  public static Candidates copyOf(
      Bundle bundle, DecodingBuffers buffers, int offset, int rows, long firstRow) {
    return read(bundle, buffers.rows(), buffers.logPfDrawn(), offset, rows, firstRow);
  }

  private static Candidates read(
      Bundle bundle,
      RolloutBuffers buffers,
      @Nullable FloatBuffer drawn,
      int offset,
      int rows,
      long firstRow) {
    RolloutShape shape = buffers.shape();
    byte[] tokens = new byte[rows * shape.bytesPerRow()];
    buffers.tokens().get(offset * shape.bytesPerRow(), tokens);
    Candidates candidates =
        new Candidates(firstRow, ByteBuffer.wrap(tokens).asReadOnlyBuffer(), rows, drawn != null);
    buffers.length().get(offset, candidates.lengths);
    buffers.beta().get(offset, candidates.betas);
    buffers.logPf().get(offset, candidates.logPf);
    if (drawn != null) {
      drawn.get(offset, candidates.logPfDrawn);
    }
    buffers.logPb().get(offset, candidates.logPb);
    buffers.logZ().get(offset, candidates.logZ);
    candidates.check(bundle, shape, tokens);
    return candidates;
  }

  /** Returns the number of the first row. */
  public long firstRow() {
    return firstRow;
  }

  /** Returns the number of the i-th row. */
  public long row(int i) {
    return selectedRows == null ? firstRow + i : selectedRows[i];
  }

  /** Returns whether these are some of consecutive rows, not all. */
  public boolean isSelection() {
    return selectedRows != null;
  }

  /**
   * Returns some of the rows.
   *
   * @param indices at least one, rising
   */
  Candidates select(int[] indices) {
    return new Candidates(this, indices);
  }

  /** Returns n, the number of rows. */
  public int rowCount() {
    return lengths.length;
  }

  /**
   * Returns the token ids, row-major {@code [n, S]}, one byte each or two, little-endian; 0 after
   * the end of an object. Read-only.
   */
  public ByteBuffer tokens() {
    return tokens.duplicate();
  }

  /** Returns the bytes that the tokens of a row take. */
  public int bytesPerRow() {
    return tokens.capacity() / rowCount();
  }

  /** Returns the tokens of the i-th object, 1 to S. */
  public int length(int i) {
    return lengths[i];
  }

  /** Returns the inverse temperature of the i-th row. */
  public float beta(int i) {
    return betas[i];
  }

  /** Returns the log-probability of the i-th row's forward actions under the policy. */
  public float logPf(int i) {
    return logPf[i];
  }

  /**
   * Returns the log-probability of the i-th row's forward actions under what drew them, which is
   * the policy unless the request had a say.
   */
  public float logPfDrawn(int i) {
    return logPfDrawn[i];
  }

  /** Returns the log-probability of the i-th row's actions backward, from the object. */
  public float logPb(int i) {
    return logPb[i];
  }

  /** Returns the learned log Z(beta) of the i-th row. */
  public float logZ(int i) {
    return logZ[i];
  }

  /**
   * Returns the log reward that the model implies of the i-th object, (log Z + log P_F - log P_B) /
   * beta, by trajectory balance (Malkin et al. 2022).
   */
  public float impliedLogReward(int i) {
    return (logZ[i] + logPf[i] - logPb[i]) / betas[i];
  }

  private void check(Bundle bundle, RolloutShape shape, byte[] bytes) {
    for (int i = 0; i < rowCount(); i++) {
      // It is finite only if all that it is made of is.
      if (!Float.isFinite(impliedLogReward(i))) {
        throw notFinite(bundle, i);
      }
      if (!Float.isFinite(logPfDrawn[i])) {
        throw noneAllowed(i);
      }
      if (lengths[i] < 1 || lengths[i] > shape.rowWidth()) {
        throw impossible(i, "length " + lengths[i]);
      }
    }
    int width = shape.bytesPerToken();
    for (int at = 0; at < bytes.length; at += width) {
      int token = bytes[at] & 0xFF;
      if (width == 2) {
        token |= (bytes[at + 1] & 0xFF) << Byte.SIZE;
      }
      if (token >= shape.vocabularySize()) {
        throw impossible(at / shape.bytesPerRow(), "token " + token);
      }
    }
  }

  private LogitFlowException notFinite(Bundle bundle, int i) {
    if (bundle.extrapolates(betas[i])) {
      return InverseTemperatures.notFinite(bundle, betas[i]);
    }
    return impossible(
        i,
        "log_pf "
            + logPf[i]
            + ", log_pb "
            + logPb[i]
            + ", log_z "
            + logZ[i]
            + ", implied log reward "
            + impliedLogReward(i));
  }

  private LogitFlowException noneAllowed(int i) {
    if (logPfDrawn[i] == Float.NEGATIVE_INFINITY) {
      return new InvalidInputException(
          "constraint",
          "a state in which no allowed action is valid, met by row " + (firstRow + i),
          "one that leaves every state an action");
    }
    return impossible(i, "log_pf_drawn " + logPfDrawn[i]);
  }

  private LogitFlowException impossible(int i, String found) {
    return new LogitFlowException(
        Category.FAILED,
        "the model's rollout gave " + found + " at beta " + betas[i] + ", row " + (firstRow + i));
  }
}
