package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.sampler.batching.CandidateStream;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.Constraint;
import io.logitflow.sampler.sampling.Decoding;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.trainer.environment.BackToFront;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.v1.Graph.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sampler that has never heard of an environment of one's own keeps to constraints on it: the
 * lowering declares what they mean, here that the last token comes first.
 */
class OwnEnvironmentDecodingTest {
  @TempDir private Path directory;

  @Test
  void keepsToWhatItsLoweringDeclares() {
    Bundle bundle = bundle();
    assertThat(objects(bundle, Constraint.NONE.withPrefix("C", "A").allowingAtPosition(3, "G")))
        .containsExactly("CAAG", "CACG", "CAGG");
    // The step 0 adds the token at the end.
    assertThat(objects(bundle, Constraint.NONE.allowingAtStep(0, "A").forbidding("G")))
        .containsExactly("AAAA", "AACA", "ACAA", "ACCA", "CAAA", "CACA", "CCAA", "CCCA");
  }

  private static Set<String> objects(Bundle bundle, Constraint constraint) {
    SampleRequest request =
        SampleRequest.of(new float[] {0.2f}, 2_000, 0, 3)
            .withDecoding(Decoding.topP(bundle, 1, constraint));
    Set<String> objects = new TreeSet<>();
    try (Sampler sampler = Sampler.open(bundle, SamplerOptions.defaults());
        CandidateStream stream = sampler.stream(request)) {
      while (stream.hasNext()) {
        Candidates rows = stream.next();
        for (int i = 0; i < rows.rowCount(); i++) {
          int start = i * rows.bytesPerRow();
          objects.add(bundle.vocabulary().text(rows.tokens(), start, rows.length(i)));
        }
      }
    }
    return objects;
  }

  /**
   * Writes a bundle of an environment as large as its own and puts the other's decoding into it.
   */
  private Bundle bundle() {
    TrainedModel model =
        RandomModel.of(
            "{type: autoregressive, tokens: [A, C, G], length: 4}",
            "{type: logit-scale, form: positive}",
            "uniform",
            "trajectory-balance",
            6);
    BackToFront environment = new BackToFront(List.of("A", "C", "G"), "", 4);
    PolicyLowering policy =
        new PolicyLowering(
            GFlowNet.of(model.config(), environment),
            environment,
            model.parameters(),
            new GraphOrigin("test", new TreeMap<>()));
    EnvironmentLowering lowering = new BackToFrontLowering(environment);
    Path written = BundleFolder.writeUnchecked(model, directory.resolve("bundle")).directory();
    BundleFolder.replace(
        written,
        Role.DECODING,
        new DecodingLowering(policy, lowering).decoding().orElseThrow().file());
    BundleFolder.edit(
        written,
        manifest -> manifest.setDecoding(lowering.decoding().toBuilder().setMinimumLength(4)));
    return Bundle.open(written);
  }
}
