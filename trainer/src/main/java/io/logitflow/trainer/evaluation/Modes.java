package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.config.EvaluationConfig.ModesConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.reward.TabularFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The known modes of a landscape.
 *
 * @param objects the modes in their file's order, none where none are known
 * @param fingerprint SHA-256 of the file's bytes, empty where there is none
 */
public record Modes(ObjectBatch objects, String fingerprint) {
  /**
   * Reads the modes that a config names.
   *
   * @param config the file, or null where no modes are known
   * @param directory what the file is relative to
   * @param environment whose objects they are
   * @throws io.logitflow.contract.InvalidInputException if the file or a row is at fault
   */
  public static Modes read(@Nullable ModesConfig config, Path directory, Environment environment) {
    List<int[]> modes = new ArrayList<>();
    String fingerprint = "";
    if (config != null) {
      ObjectText text = new ObjectText(environment);
      fingerprint =
          TabularFile.read(
              directory.resolve(config.file()),
              List.of(config.objectColumn()),
              (subject, fields) -> modes.add(text.parse(subject, fields.get(0))));
    }
    int width = environment.maximumLength();
    int[] tokens = new int[modes.size() * width];
    int[] lengths = new int[modes.size()];
    for (int row = 0; row < lengths.length; row++) {
      System.arraycopy(modes.get(row), 0, tokens, row * width, modes.get(row).length);
      lengths[row] = modes.get(row).length;
    }
    return new Modes(new ObjectBatch(lengths.length, width, tokens, lengths), fingerprint);
  }
}
