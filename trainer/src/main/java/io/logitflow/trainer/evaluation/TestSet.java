package io.logitflow.trainer.evaluation;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.config.TestSetConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.reward.TabularFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Where the objects come from that a model is tested on. */
final class TestSet {
  private TestSet() {}

  /**
   * Reads or draws the objects. They are drawn independently, so that one may come twice, unless
   * there are no more of them than are asked for: then they are all objects, each once.
   *
   * @param config where they come from
   * @param directory what a file is relative to
   * @param environment whose objects they are
   * @param random what objects are drawn with
   * @throws InvalidInputException if the file or a row is at fault
   */
  static ObjectBatch of(
      TestSetConfig config, Path directory, Environment environment, RandomGenerator random) {
    if (config instanceof TestSetConfig.Table table) {
      return read(table, directory.resolve(table.file()), environment);
    }
    if (config instanceof TestSetConfig.Uniform uniform) {
      int count = uniform.objects();
      long all = environment.objectCount().orElse(Long.MAX_VALUE);
      return all <= count ? environment.objects(0, (int) all) : draw(count, environment, random);
    }
    throw new IllegalArgumentException("no test set for " + config);
  }

  private static ObjectBatch read(TestSetConfig.Table config, Path file, Environment environment) {
    List<int[]> objects = new ArrayList<>();
    ObjectText text = new ObjectText(environment);
    TabularFile.read(
        file,
        List.of(config.objectColumn()),
        (subject, fields) -> objects.add(text.parse(subject, fields.get(0))));
    if (objects.isEmpty()) {
      throw new InvalidInputException(file.toString(), "no rows", "at least one object");
    }
    return ObjectRows.batch(objects, environment.maximumLength());
  }

  /** Draws lengths in proportion to their numbers of objects, then every token uniformly. */
  private static ObjectBatch draw(int count, Environment environment, RandomGenerator random) {
    int vocabulary = environment.tokens().size();
    List<int[]> objects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = length(environment, random.nextDouble());
      objects.add(random.ints(length, 0, vocabulary).toArray());
    }
    return ObjectRows.batch(objects, environment.maximumLength());
  }

  /**
   * Returns a length n with probability V^n / Σ V^m, the sum over all lengths m, taken from the
   * longest down since few objects are short.
   */
  private static int length(Environment environment, double uniform) {
    int shortest = environment.minimumLength();
    int longest = environment.maximumLength();
    double ratio = 1.0 / environment.tokens().size();
    double total = 0;
    for (int i = 0; i <= longest - shortest; i++) {
      total += Math.pow(ratio, i);
    }
    double rest = uniform * total;
    int length = longest;
    for (double weight = 1; length > shortest && rest >= weight; weight *= ratio) {
      rest -= weight;
      length--;
    }
    return length;
  }
}
