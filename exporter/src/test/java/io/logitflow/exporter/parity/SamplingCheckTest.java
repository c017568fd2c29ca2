package io.logitflow.exporter.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class SamplingCheckTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"3, 3, POSITIVE, 1", "4, 4, PAPER, 3", "2, 5, POSITIVE, 10"})
  void findsThatTheRolloutFollowsTheExactDistribution(
      int vocabulary, int length, ScaleForm form, float beta) {
    TrainedModel model = RandomModel.strings(vocabulary, length, form, 31, 16);
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    SamplingReport report = check(bundle, model, beta);
    assertThat(report.overObjects().probability()).isGreaterThan(1e-3);
    assertThat(report.overBins().probability()).isGreaterThan(1e-3);
    assertThat(report.overObjects().bins()).isGreaterThan(3);
    assertThat(report.samples()).isEqualTo(100_000);
    assertThat(report.passed()).isTrue();
  }

  static final List<String> ENVIRONMENTS = ModelKinds.ENVIRONMENTS;

  @ParameterizedTest
  @FieldSource("ENVIRONMENTS")
  void findsThatEveryEnvironmentFollowsTheExactDistribution(String environment) {
    TrainedModel model =
        RandomModel.of(
            environment,
            "{type: logit-scale+layer, form: positive, encoding: {type: raw}}",
            "uniform",
            "trajectory-balance",
            35);
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    SamplingReport report = check(bundle, model, 1.2f);
    assertThat(report.overObjects().probability()).isGreaterThan(1e-3);
    assertThat(report.overBins().probability()).isGreaterThan(1e-3);
    assertThat(report.overObjects().bins()).isGreaterThan(1);
  }

  @ParameterizedTest
  @FieldSource("ENVIRONMENTS")
  void findsThatALoopFollowsTheExactDistribution(String environment) {
    // Of seeds that make the policy layers alone, and layers that read windows.
    for (long seed : new long[] {36, 45}) {
      TrainedModel model =
          RandomModel.of(
              environment,
              "{type: logit-scale, form: paper}",
              "learned",
              "trajectory-balance",
              seed);
      Bundle bundle =
          BundleFolder.writeUnchecked(model, directory.resolve("bundle" + seed), RolloutForm.LOOP);
      SamplingReport report = check(bundle, model, 1.2f);
      assertThat(report.passed()).isTrue();
      assertThat(report.overObjects().probability()).isGreaterThan(1e-3);
      assertThat(report.overBins().probability()).isGreaterThan(1e-3);
    }
  }

  @Test
  void findsTheRolloutOfAnotherModel() {
    TrainedModel model = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 32, 16);
    TrainedModel other = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 33, 16);
    BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    BundleFolder.writeUnchecked(other, directory.resolve("other"));
    BundleFolder.replaceRollout(directory.resolve("bundle"), directory.resolve("other"));
    SamplingReport report = check(Bundle.open(directory.resolve("bundle")), model, 2);
    assertThat(report.passed()).isFalse();
    assertThat(report.summary()).startsWith("100000 objects at beta 2.0: p 0");
  }

  @Test
  void computesTheTrainersExactDistributionFromTheBundleAlone() {
    TrainedModel model = RandomModel.strings(4, 3, ScaleForm.PAPER, 34, 16);
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"));
    try (OnnxStatePolicy exported = new OnnxStatePolicy(bundle, model.environment());
        TrainedPolicy trained = RandomModel.trained(model)) {
      assertThat(ExactDistribution.compute(model.environment(), exported, 2))
          .hasSize(64)
          .containsExactly(
              ExactDistribution.compute(model.environment(), trained, 2), Offset.offset(1e-5));
    }
  }

  @Test
  void testsCountsByPearsonsStatistic() {
    ChiSquareTest test =
        ChiSquareTest.of(
            List.of(
                new ChiSquareTest.Bin(10, 14),
                new ChiSquareTest.Bin(20, 20),
                new ChiSquareTest.Bin(16, 12)));
    assertThat(test.bins()).isEqualTo(3);
    // 16/10 + 0 + 16/16; with two degrees of freedom p = exp(-statistic / 2).
    assertThat(test.statistic()).isEqualTo(2.6, Offset.offset(1e-12));
    assertThat(test.probability()).isEqualTo(Math.exp(-1.3), Offset.offset(1e-12));
  }

  private static SamplingReport check(Bundle bundle, TrainedModel model, float beta) {
    try (OnnxStatePolicy policy = new OnnxStatePolicy(bundle, model.environment());
        Sampler sampler = Sampler.open(bundle, SamplerOptions.defaults())) {
      return SamplingCheck.run(
          sampler,
          policy,
          model.environment(),
          SampleRequest.of(new float[] {beta}, 100_000, 0, 4));
    }
  }
}
