package io.logitflow.exporter.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.PythonEnvironment;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Python of README.md runs as it stands there, and is right: over objects of one token the
 * probabilities of the first token are the model's exact distribution. Skipped as {@link
 * OnnxCheckerTest}.
 */
class ReadmePythonTest {
  private static final Path README = Path.of("../README.md");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```python\\n(.*?)^```$");

  @TempDir private Path directory;

  @Test
  void printsTheProbabilitiesOfTheFirstToken() throws Exception {
    PythonEnvironment python = OnnxCheckerTest.python();
    TrainedModel model = RandomModel.strings(4, 1, ScaleForm.POSITIVE, 51, 16);
    Path bundle = BundleFolder.write(model, directory.resolve("bundle")).directory();
    Matcher block = BLOCK.matcher(Files.readString(README));
    assertThat(block.find()).isTrue();
    Path script =
        Files.writeString(
            directory.resolve("readme.py"),
            block.group(1).replace("tfbind8/bundle", bundle.toString()));
    Path printed = directory.resolve("printed");

    assertThat(python.run(printed, script)).isEmpty();

    List<String> lines = Files.readAllLines(printed);
    assertThat(lines).hasSize(2);
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      for (String line : lines) {
        double[] numbers =
            Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
        double[] exact =
            ExactDistribution.compute(model.environment(), trained, (float) numbers[0]);
        assertThat(Arrays.copyOfRange(numbers, 1, numbers.length))
            .containsExactly(exact, within(1e-5));
      }
    }
  }
}
