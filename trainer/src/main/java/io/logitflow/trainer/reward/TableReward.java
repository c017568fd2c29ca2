package io.logitflow.trainer.reward;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Scores looked up in a table that has a row for every object of the environment. */
public final class TableReward implements Reward {
  private static final long LARGEST_ARRAY = 1 << 24;

  private final Environment environment;
  private final ObjectText text;
  private final Path file;
  private final Scores scores;
  private final String fingerprint;

  private TableReward(Environment environment, Path file, RewardConfig.Table config, long objects) {
    this.environment = environment;
    this.text = new ObjectText(environment);
    this.file = file;
    this.scores = objects <= LARGEST_ARRAY ? new DenseScores((int) objects) : new SparseScores();
    this.fingerprint =
        CsvTable.read(file, List.of(config.objectColumn(), config.scoreColumn()), this::readRow);
    requireComplete(objects);
  }

  /**
   * Reads a table.
   *
   * @param file the CSV file that the config names, resolved
   * @param config names of the columns
   * @param environment whose objects the table scores
   * @throws InvalidInputException if the file is missing or at fault: every row with a wrong number
   *     of fields, a score that is not a finite number, an object that is none of the environment's
   *     or stands in an earlier row; or if objects have no row
   */
  public static TableReward read(Path file, RewardConfig.Table config, Environment environment) {
    OptionalLong objects = environment.objectCount();
    if (objects.isEmpty()) {
      throw new InvalidInputException(
          file.toString(),
          "a table for an environment of more than " + Long.MAX_VALUE + " objects",
          "an environment small enough that a table covers it");
    }
    return new TableReward(environment, file, config, objects.getAsLong());
  }

  @Override
  public double[] scores(ObjectBatch objects) {
    long[] indices = new long[objects.rows()];
    environment.indices(environment.terminals(objects), indices);
    double[] found = new double[indices.length];
    for (int row = 0; row < found.length; row++) {
      found[row] = scores.get(indices[row]);
    }
    return found;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  private void readRow(String subject, List<String> fields) {
    int[] tokens = text.parse(subject, fields.get(0));
    double score = score(subject, fields.get(1));
    ObjectBatch object = new ObjectBatch(1, tokens.length, tokens, new int[] {tokens.length});
    long[] index = new long[1];
    environment.indices(environment.terminals(object), index);
    if (!scores.put(index[0], score)) {
      throw new InvalidInputException(
          subject, ObjectText.shown(fields.get(0)) + " for the second time", "each object once");
    }
  }

  private static double score(String subject, String field) {
    double score = Double.NaN;
    try {
      score = Double.parseDouble(field);
    } catch (NumberFormatException e) {
      // Refused below, with what parses but is not finite.
    }
    if (!Double.isFinite(score)) {
      throw new InvalidInputException(
          subject, "score " + ObjectText.shown(field), "a finite number");
    }
    return score;
  }

  private void requireComplete(long objects) {
    long missing = objects - scores.size();
    if (missing > 0) {
      ObjectBatch example =
          environment.objects(
              environment.states(environment.maximumSteps(), firstMissing(objects), 1));
      throw new InvalidInputException(
          file.toString(),
          "no row for "
              + missing
              + " of "
              + objects
              + " objects, such as "
              + ObjectText.shown(text.format(example, 0)),
          "a row for every object of the environment");
    }
  }

  private long firstMissing(long objects) {
    long index = 0;
    while (index < objects && !Double.isNaN(scores.get(index))) {
      index++;
    }
    return index;
  }

  /** Scores by an object's index; NaN where there is none. */
  private sealed interface Scores {
    /** Returns whether there was none yet. */
    boolean put(long index, double score);

    double get(long index);

    long size();
  }

  private static final class DenseScores implements Scores {
    private final double[] scores;
    private int size;

    DenseScores(int objects) {
      scores = new double[objects];
      Arrays.fill(scores, Double.NaN);
    }

    @Override
    public boolean put(long index, double score) {
      boolean isNew = Double.isNaN(scores[(int) index]);
      scores[(int) index] = score;
      size += isNew ? 1 : 0;
      return isNew;
    }

    @Override
    public double get(long index) {
      return scores[(int) index];
    }

    @Override
    public long size() {
      return size;
    }
  }

  private static final class SparseScores implements Scores {
    private final Map<Long, Double> scores = new HashMap<>();

    @Override
    public boolean put(long index, double score) {
      return scores.put(index, score) == null;
    }

    @Override
    public double get(long index) {
      return scores.getOrDefault(index, Double.NaN);
    }

    @Override
    public long size() {
      return scores.size();
    }
  }
}
