package io.logitflow.trainer.training;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.config.OfflineConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.reward.ScoredObjects;
import io.logitflow.trainer.reward.ScoredTable;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A fixed data set of scored objects, without those whose score lies above a quantile.
 *
 * @param objects what is left, in the file's order; at least one
 * @param fingerprint SHA-256 of the file's bytes
 */
public record OfflineDataset(ScoredObjects objects, String fingerprint) {
  /**
   * Reads a data set.
   *
   * @param config the file, its columns and the quantile
   * @param directory what the file is relative to
   * @param environment whose objects they are
   * @throws InvalidInputException if the file or a row is at fault, or there is no row
   */
  public static OfflineDataset read(OfflineConfig config, Path directory, Environment environment) {
    Path file = directory.resolve(config.file());
    ScoredTable table =
        ScoredTable.read(file, config.objectColumn(), config.scoreColumn(), environment);
    if (table.objects().rows() == 0) {
      throw new InvalidInputException(file.toString(), "no rows", "a row for each object");
    }
    return new OfflineDataset(upTo(table.objects(), config.quantile()), table.fingerprint());
  }

  /** Keeps the objects whose score is at most the least that a share of all do not exceed. */
  private static ScoredObjects upTo(ScoredObjects all, double quantile) {
    double[] sorted = all.scores().clone();
    Arrays.sort(sorted);
    double limit = sorted[NearestRank.of(BigDecimal.valueOf(quantile), sorted.length)];
    int[] kept = new int[sorted.length];
    int count = 0;
    for (int row = 0; row < kept.length; row++) {
      if (all.scores()[row] <= limit) {
        kept[count++] = row;
      }
    }
    return all.select(Arrays.copyOf(kept, count));
  }

  /**
   * Draws objects uniformly with replacement.
   *
   * @param random source of randomness
   * @param rows N
   */
  ScoredObjects draw(RandomGenerator random, int rows) {
    int[] drawn = new int[rows];
    for (int row = 0; row < rows; row++) {
      drawn[row] = random.nextInt(objects.rows());
    }
    return objects.select(drawn);
  }
}
