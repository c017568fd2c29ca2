package io.logitflow.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What is asked of a sampler about given objects: log p(x; β) of each of them at each of the
 * inverse temperatures. Ranges are the server's to check.
 *
 * @param objects as text, at least one
 * @param betas inverse temperatures, each finite and above 0
 * @param trajectories K behind an estimate; absent, the server's default. Without meaning where the
 *     model's scores are exact
 * @param seed seed of an estimate's draws; absent, the server draws one
 * @param deadline time that each call may take, of which a long query has several; absent, as long
 *     as it needs
 */
public record ScoreQuery(
    List<String> objects,
    List<Float> betas,
    OptionalInt trajectories,
    OptionalLong seed,
    Optional<Duration> deadline) {

  /** Copies the collections. */
  public ScoreQuery {
    objects = List.copyOf(objects);
    betas = List.copyOf(betas);
  }

  /** Returns the query for these objects at these betas, with nothing else said. */
  public static ScoreQuery of(List<String> objects, float... betas) {
    List<Float> list = new ArrayList<>(betas.length);
    for (float beta : betas) {
      list.add(beta);
    }
    return new ScoreQuery(
        objects, list, OptionalInt.empty(), OptionalLong.empty(), Optional.empty());
  }

  /** Returns this query with so many trajectories behind an estimate. */
  public ScoreQuery withTrajectories(int newTrajectories) {
    return new ScoreQuery(objects, betas, OptionalInt.of(newTrajectories), seed, deadline);
  }

  /** Returns this query with a seed. */
  public ScoreQuery withSeed(long newSeed) {
    return new ScoreQuery(objects, betas, trajectories, OptionalLong.of(newSeed), deadline);
  }

  /** Returns this query with a deadline for each call. */
  public ScoreQuery withDeadline(Duration newDeadline) {
    return new ScoreQuery(objects, betas, trajectories, seed, Optional.of(newDeadline));
  }
}
