package io.logitflow.trainer.evaluation;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.config.ModesConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.reward.TabularFile;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The known modes of a landscape.
 *
 * @param objects the modes in their file's order, none where none are known
 * @param fingerprint SHA-256 of the file's bytes, empty where there is none
 */
public record Modes(ObjectBatch objects, String fingerprint) {
  /**
   * Reads the modes that a config lists.
   *
   * @param config what counts as a mode; nothing is read where that is a rule, or null
   * @param directory what the file is relative to
   * @param environment whose objects they are
   * @throws InvalidInputException if the file or a row is at fault, such as a mode that stands in
   *     an earlier row
   */
  public static Modes read(@Nullable ModesConfig config, Path directory, Environment environment) {
    List<int[]> modes = new ArrayList<>();
    String fingerprint = "";
    if (config instanceof ModesConfig.Listed list) {
      ObjectText text = new ObjectText(environment);
      Set<IntBuffer> seen = new HashSet<>();
      fingerprint =
          TabularFile.read(
              directory.resolve(list.file()),
              List.of(list.objectColumn()),
              (subject, fields) -> {
                int[] mode = text.parse(subject, fields.get(0));
                if (!seen.add(IntBuffer.wrap(mode))) {
                  throw new InvalidInputException(
                      subject,
                      ObjectText.shown(fields.get(0)) + " for the second time",
                      "each mode once");
                }
                modes.add(mode);
              });
    }
    return new Modes(ObjectRows.batch(modes, environment.maximumLength()), fingerprint);
  }
}
