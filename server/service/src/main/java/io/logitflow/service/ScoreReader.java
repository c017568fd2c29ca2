package io.logitflow.service;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.scoring.ScoreRequest;
import io.logitflow.sampler.scoring.ScoreRequest.Objects;
import io.logitflow.sampler.scoring.ScoreRequest.Trajectories;
import io.logitflow.v1.ScoreObjectsRequest;

/** Reads a request for scores off the wire, by the names of the protocol's fields. */
final class ScoreReader {
  private static final int MOST_OBJECTS = 1_000;

  // Of a response, which then has less than a megabyte.
  private static final int MOST_SCORES = 100_000;

  // Of a message, which may have 64 KiB, as much is left to everything but the tokens.
  private static final int TOKEN_BYTES = 48 << 10;

  private final Bundle bundle;
  private final long maximumRows;

  /**
   * Creates a reader.
   *
   * @param bundle the model
   * @param maximumRows the most trajectories of a request
   */
  ScoreReader(Bundle bundle, long maximumRows) {
    this.bundle = bundle;
    this.maximumRows = maximumRows;
  }

  /** Returns the most objects of a request, at least 1. */
  int maximumObjects() {
    int rowBytes = bundle.rowWidth() * bundle.vocabulary().bytesPerToken();
    return Math.max(1, Math.min(MOST_OBJECTS, TOKEN_BYTES / rowBytes));
  }

  /**
   * Returns what is asked for.
   *
   * @param message the request
   * @param seed the seed to use
   * @throws InvalidInputException if a field is out of its range
   */
  ScoreRequest read(ScoreObjectsRequest message, long seed) {
    if (message.getLengthCount() > maximumObjects()) {
      throw new InvalidInputException(
          "length", message.getLengthCount() + " values", "at most " + maximumObjects());
    }
    long scores = (long) message.getBetaCount() * message.getLengthCount();
    if (scores > MOST_SCORES) {
      throw new InvalidInputException(
          "beta and length",
          message.getBetaCount() + " x " + message.getLengthCount() + " scores",
          "at most " + MOST_SCORES);
    }
    float[] betas = new float[message.getBetaCount()];
    for (int j = 0; j < betas.length; j++) {
      betas[j] = message.getBeta(j);
    }
    int[] lengths = message.getLengthList().stream().mapToInt(Integer::intValue).toArray();
    int trajectories =
        message.hasTrajectories() ? message.getTrajectories() : ScoreRequest.DEFAULT_TRAJECTORIES;
    ScoreRequest request =
        ScoreRequest.of(
            bundle,
            betas,
            new Objects(message.getTokens().asReadOnlyByteBuffer(), lengths),
            new Trajectories(trajectories, message.getFirstObject(), seed));
    if (request.rows() > maximumRows) {
      throw new InvalidInputException(
          "beta, length and trajectories",
          request.betaCount()
              + " x "
              + request.objectCount()
              + " x "
              + request.trajectories()
              + " trajectories",
          "at most " + maximumRows);
    }
    return request;
  }
}
