package io.logitflow.sampler.sampling;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.sampler.bundle.Bundle;
import java.util.List;

/** What the inverse temperatures of a request may be, whatever it asks for. */
public final class InverseTemperatures {
  /** The most inverse temperatures of one request. */
  public static final int MAXIMUM = 1_000;

  /** Faults that are named each; the rest is counted. */
  private static final int MOST_FAULTS = 10;

  private InverseTemperatures() {}

  /**
   * Adds what is wrong with them, of the values the first ten faults each.
   *
   * @param betas 1 to 1,000, each finite and above 0
   * @param problems is added to
   */
  public static void check(float[] betas, List<Problem> problems) {
    if (betas.length < 1 || betas.length > MAXIMUM) {
      problems.add(new Problem("beta", betas.length + " values", "1 to " + MAXIMUM + " values"));
    }
    int faults = 0;
    for (int j = 0; j < Math.min(betas.length, MAXIMUM); j++) {
      if (!(betas[j] > 0 && Float.isFinite(betas[j]))) {
        faults++;
        if (faults <= MOST_FAULTS) {
          problems.add(
              new Problem("beta[" + j + "]", String.valueOf(betas[j]), "a finite number above 0"));
        }
      }
    }
    if (faults > MOST_FAULTS) {
      problems.add(
          new Problem(
              "beta", (faults - MOST_FAULTS) + " further faults", "finite numbers above 0"));
    }
  }

  /**
   * Refuses one that a model does not answer.
   *
   * @param bundle the model
   * @param beta the value
   * @param j its place in the request
   * @throws InvalidInputException if the model is not conditioned on β and was trained at another
   */
  public static void requireAnswered(Bundle bundle, float beta, int j) {
    if (!bundle.answers(beta)) {
      throw new InvalidInputException(
          "beta[" + j + "]",
          beta,
          bundle.manifest().getTrainedBeta().getLow()
              + ", the one beta that this model answers: it is not conditioned on beta");
    }
  }

  /**
   * Returns the fault of one that a model has no finite numbers at, outside of its trained range.
   *
   * @param bundle the model
   * @param beta the value
   */
  public static InvalidInputException notFinite(Bundle bundle, float beta) {
    var trained = bundle.manifest().getTrainedBeta();
    return new InvalidInputException(
        "beta",
        beta,
        "a beta at which the model's numbers are finite (trained on "
            + trained.getLow()
            + " to "
            + trained.getHigh()
            + ")");
  }
}
