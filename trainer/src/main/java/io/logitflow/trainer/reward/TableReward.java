package io.logitflow.trainer.reward;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** Scores looked up in a table that has a row for every object of the environment. */
public final class TableReward implements Reward {
  /** A table holds a score for each: two gigabytes of them. */
  private static final long MOST_OBJECTS = 1 << 28;

  private final Environment environment;
  private final ObjectText text;
  private final Path file;

  /** By an object's index; NaN where no row has been read. */
  private final double[] scores;

  private final String fingerprint;
  private int size;

  private TableReward(Environment environment, Path file, RewardConfig.Table config, int objects) {
    this.environment = environment;
    this.text = new ObjectText(environment);
    this.file = file;
    this.scores = new double[objects];
    Arrays.fill(scores, Double.NaN);
    this.fingerprint =
        TabularFile.read(file, List.of(config.objectColumn(), config.scoreColumn()), this::readRow);
    requireComplete();
  }

  /**
   * Reads a table.
   *
   * @param file the file that the config names, resolved
   * @param config names of the columns
   * @param environment whose objects the table scores
   * @throws InvalidInputException if the file is missing or at fault: every row with a wrong number
   *     of fields, a score that is not a finite number, an object that is none of the environment's
   *     or stands in an earlier row; or if objects have no row
   */
  public static TableReward read(Path file, RewardConfig.Table config, Environment environment) {
    OptionalLong objects = environment.objectCount();
    if (objects.isEmpty() || objects.getAsLong() > MOST_OBJECTS) {
      throw new InvalidInputException(
          file.toString(),
          "a table for an environment of more than " + MOST_OBJECTS + " objects",
          "an environment small enough that a table covers it");
    }
    return new TableReward(environment, file, config, (int) objects.getAsLong());
  }

  @Override
  public double[] scores(ObjectBatch objects) {
    long[] indices = new long[objects.rows()];
    environment.objectIndices(objects, indices);
    double[] found = new double[indices.length];
    for (int row = 0; row < found.length; row++) {
      found[row] = scores[(int) indices[row]];
    }
    return found;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  private void readRow(String subject, List<String> fields) {
    int[] tokens = text.parse(subject, fields.get(0));
    double score = TabularFile.score(subject, fields.get(1));
    int width = environment.maximumLength();
    ObjectBatch object =
        new ObjectBatch(1, width, Arrays.copyOf(tokens, width), new int[] {tokens.length});
    long[] index = new long[1];
    environment.objectIndices(object, index);
    if (!Double.isNaN(scores[(int) index[0]])) {
      throw new InvalidInputException(
          subject, ObjectText.shown(fields.get(0)) + " for the second time", "each object once");
    }
    scores[(int) index[0]] = score;
    size++;
  }

  private void requireComplete() {
    if (size < scores.length) {
      int missing = 0;
      while (!Double.isNaN(scores[missing])) {
        missing++;
      }
      throw new InvalidInputException(
          file.toString(),
          "no row for "
              + (scores.length - size)
              + " of "
              + scores.length
              + " objects, such as "
              + ObjectText.shown(text.format(environment.objects(missing, 1), 0)),
          "a row for every object of the environment");
    }
  }
}
