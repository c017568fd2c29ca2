package io.logitflow.exporter.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.v1.Graph.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodingCheckTest {
  private static final int ROWS = 500;

  private final TrainedModel model = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 22, 16);
  @TempDir private Path directory;

  @Test
  void findsNothingWhereBothAreOfOneModel() throws IOException {
    assertThat(differing(model)).isZero();
  }

  /** Log Z alone, or the scale of logits, a little off: tokens are mostly the same. */
  @ParameterizedTest
  @CsvSource({"log_partition.2.bias, 0.001", "scale.network.2.bias, 0.02"})
  void findsADecodingOfAnotherModelByItsLogProbabilities(String block, float shift)
      throws IOException {
    float[] parameters = model.parameters().clone();
    parameters[model.network().layout().block(block).offset()] += shift;
    TrainedModel other =
        new TrainedModel(model.config(), model.configYaml(), parameters, model.origin());
    assertThat(differing(other)).isGreaterThan(ROWS * 9 / 10);
  }

  /** Checks the model's bundle with the decoding graph of another one. */
  private long differing(TrainedModel other) throws IOException {
    Path target = BundleFolder.writeUnchecked(model, directory.resolve("bundle")).directory();
    Bundle decoding = BundleFolder.writeUnchecked(other, directory.resolve("other"));
    BundleFolder.replace(
        target,
        Role.DECODING,
        ByteString.copyFrom(Files.readAllBytes(decoding.path(Role.DECODING))));
    try (Sampler sampler = Sampler.open(Bundle.open(target), SamplerOptions.defaults())) {
      SampleRequest request = SampleRequest.of(new float[] {2}, ROWS, 0, 5);
      return DecodingCheck.run(sampler, request).differing();
    }
  }
}
