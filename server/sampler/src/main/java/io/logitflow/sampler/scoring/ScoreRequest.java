package io.logitflow.sampler.scoring;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.sampling.InverseTemperatures;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be scored: n objects of a model at each of some inverse temperatures. Immutable.
 *
 * <p>Where the score is an estimate, the k-th of K trajectories of object i is drawn as row {@code
 * (firstObject + i) * K + k}, whatever the inverse temperature.
 */
public final class ScoreRequest {
  /** The trajectories of an object unless a request says otherwise. */
  public static final int DEFAULT_TRAJECTORIES = 64;

  private static final int MOST_TRAJECTORIES = 10_000;

  /** Faults of objects that are named each; the rest is counted. */
  private static final int MOST_OBJECT_FAULTS = 10;

  private final float[] betas;
  private final ByteBuffer tokens;
  private final int[] lengths;
  private final int trajectories;
  private final long firstObject;
  private final long seed;

  private ScoreRequest(
      float[] betas,
      ByteBuffer tokens,
      int[] lengths,
      int trajectories,
      long firstObject,
      long seed) {
    this.betas = betas;
    this.tokens = tokens;
    this.lengths = lengths;
    this.trajectories = trajectories;
    this.firstObject = firstObject;
    this.seed = seed;
  }

  /**
   * The objects of a request.
   *
   * @param tokens row-major {@code [n, S]}, one byte each or two, little-endian, 0 after the end
   * @param lengths [n] tokens of each object
   */
  public record Objects(ByteBuffer tokens, int[] lengths) {}

  /**
   * How trajectories are drawn where a score is an estimate.
   *
   * @param count K, trajectories of each object, 2 to 10,000
   * @param firstObject number of the first object, at least 0
   * @param seed any value
   */
  public record Trajectories(int count, long firstObject, long seed) {
    /** Returns as many as there are by default, from object 0. */
    public static Trajectories ofSeed(long seed) {
      return new Trajectories(DEFAULT_TRAJECTORIES, 0, seed);
    }
  }

  /**
   * Returns a request.
   *
   * @param bundle the model
   * @param betas inverse temperatures, 1 to 1,000, each finite and above 0
   * @param objects at least one, each of a length that the model can build and of its tokens
   * @param trajectories how they are drawn; without meaning where scores are exact
   * @throws InvalidInputException if a value is out of its range, or the model does not answer an
   *     inverse temperature; the message has a line for each fault, of betas and objects for the
   *     first ten
   */
  public static ScoreRequest of(
      Bundle bundle, float[] betas, Objects objects, Trajectories trajectories) {
    List<Problem> problems = new ArrayList<>();
    InverseTemperatures.check(betas, problems);
    checkTrajectories(objects.lengths().length, trajectories, problems);
    ByteBuffer tokens = objects.tokens().slice().order(ByteOrder.LITTLE_ENDIAN);
    checkObjects(bundle, tokens, objects.lengths(), problems);
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
    for (int j = 0; j < betas.length; j++) {
      InverseTemperatures.requireAnswered(bundle, betas[j], j);
    }
    ByteBuffer copy = ByteBuffer.allocate(tokens.capacity()).put(tokens).flip();
    boolean exact = BundleFormat.scoresExactly(bundle.manifest());
    return new ScoreRequest(
        betas.clone(),
        copy.asReadOnlyBuffer(),
        objects.lengths().clone(),
        exact ? 1 : trajectories.count(),
        trajectories.firstObject(),
        trajectories.seed());
  }

  /** Returns the number of inverse temperatures. */
  public int betaCount() {
    return betas.length;
  }

  /** Returns the j-th inverse temperature. */
  public float beta(int j) {
    return betas[j];
  }

  /** Returns n, the number of objects. */
  public int objectCount() {
    return lengths.length;
  }

  /** Returns the tokens of the i-th object. */
  public int length(int i) {
    return lengths[i];
  }

  /** Returns K, the rows of an object at each inverse temperature; 1 where scores are exact. */
  public int trajectories() {
    return trajectories;
  }

  /** Returns the number of the first object. */
  public long firstObject() {
    return firstObject;
  }

  /** Returns the seed. */
  public long seed() {
    return seed;
  }

  /** Returns how many rows there are: betas times objects times trajectories. */
  public long rows() {
    return (long) betas.length * lengths.length * trajectories;
  }

  /** Returns the token ids, row-major {@code [n, S]}. Read-only. */
  ByteBuffer tokens() {
    return tokens;
  }

  private static void checkTrajectories(
      int objects, Trajectories trajectories, List<Problem> problems) {
    boolean counted = trajectories.count() >= 2 && trajectories.count() <= MOST_TRAJECTORIES;
    if (!counted) {
      problems.add(
          new Problem(
              "trajectories", String.valueOf(trajectories.count()), "2 to " + MOST_TRAJECTORIES));
    }
    long largest = Long.MAX_VALUE / MOST_TRAJECTORIES - objects;
    if (trajectories.firstObject() < 0 || trajectories.firstObject() > largest) {
      problems.add(
          new Problem(
              "first_object", String.valueOf(trajectories.firstObject()), "0 to " + largest));
    }
  }

  private static void checkObjects(
      Bundle bundle, ByteBuffer tokens, int[] lengths, List<Problem> problems) {
    if (lengths.length < 1) {
      problems.add(new Problem("length", "no values", "one for each object"));
      return;
    }
    int rowBytes = bundle.rowWidth() * bundle.vocabulary().bytesPerToken();
    if (tokens.capacity() != (long) lengths.length * rowBytes) {
      problems.add(
          new Problem(
              "tokens",
              tokens.capacity() + " bytes",
              (long) lengths.length * rowBytes
                  + ", "
                  + rowBytes
                  + " for each of "
                  + lengths.length
                  + " objects"));
      return;
    }
    int faults = 0;
    for (int i = 0; i < lengths.length; i++) {
      Problem fault = faultOf(bundle, tokens, i, lengths[i]);
      if (fault != null) {
        faults++;
        if (faults <= MOST_OBJECT_FAULTS) {
          problems.add(fault);
        }
      }
    }
    if (faults > MOST_OBJECT_FAULTS) {
      problems.add(
          new Problem(
              "tokens",
              (faults - MOST_OBJECT_FAULTS) + " further faults",
              "objects of this model"));
    }
  }

  private static @Nullable Problem faultOf(Bundle bundle, ByteBuffer tokens, int i, int length) {
    int shortest = bundle.manifest().getEnvironment().getMinimumLength();
    int width = bundle.rowWidth();
    if (length < shortest || length > width) {
      return new Problem(
          "length[" + i + "]",
          String.valueOf(length),
          shortest == width ? String.valueOf(width) : shortest + " to " + width);
    }
    int bytes = bundle.vocabulary().bytesPerToken();
    for (int place = 0; place < width; place++) {
      int at = (i * width + place) * bytes;
      int token = bytes == 1 ? tokens.get(at) & 0xFF : tokens.getShort(at) & 0xFFFF;
      if (place < length && token >= bundle.vocabulary().size()) {
        return new Problem(
            "object " + i + ", token " + place,
            String.valueOf(token),
            "a token id below " + bundle.vocabulary().size());
      }
      if (place >= length && token != 0) {
        return new Problem(
            "object " + i + ", token " + place,
            String.valueOf(token),
            "0 after the end of an object of " + length);
      }
    }
    return null;
  }
}
