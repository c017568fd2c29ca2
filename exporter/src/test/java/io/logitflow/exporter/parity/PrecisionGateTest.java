package io.logitflow.exporter.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.exporter.bundle.BundleCalibration;
import io.logitflow.exporter.bundle.BundleWriter;
import io.logitflow.exporter.bundle.ManifestReduction;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.lowering.Precision;
import io.logitflow.exporter.lowering.QuantisedRange;
import io.logitflow.exporter.lowering.Reduction;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.v1.Divergence;
import io.logitflow.v1.ReducedPrecision;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class PrecisionGateTest {
  private static final long SOME_STATES = 400;
  private static final int EVERY = 17;

  @TempDir private Path directory;

  /** Some of all kinds: each environment, most conditionings, networks with a table and windows. */
  @ParameterizedTest
  @EnumSource(names = "FP32", mode = Mode.EXCLUDE)
  void everyKindOfModelDrawsFromItsReducedPolicy(Precision precision) {
    int reduced = 0;
    int kinds = 0;
    for (var arguments : ModelKinds.models().toList()) {
      kinds++;
      Named<?> named = (Named<?>) arguments.get()[0];
      TrainedModel model = (TrainedModel) named.getPayload();
      boolean steps = model.environment().maximumSteps() > 1;
      if (kinds % EVERY == 0 && Reduction.products(model.network()) > 0 && steps) {
        for (long budget : new long[] {kinds % 2 * SOME_STATES}) {
          Path target = directory.resolve(precision + "-" + kinds + "-" + budget);
          try {
            write(model, target, budget, new PrecisionGate(precision, 1));
          } catch (InvalidInputException e) {
            assertThat(e).hasMessageContaining("constants and tables answer every step");
            assertThat(budget).isEqualTo(SOME_STATES);
            continue;
          }
          reduced++;
          ReducedPrecision found = Bundle.open(target).manifest().getPrecision();
          assertThat(found.getKind()).isEqualTo(precision.text());
          assertThat(found.getDivergenceList())
              .as(named.getName())
              .allSatisfy(
                  divergence -> assertThat(divergence.getTotalVariation()).isBetween(0.0, 0.2));
        }
      }
    }
    assertThat(reduced).isGreaterThan(60 / EVERY);
  }

  /**
   * Its sums are added up in another order than those of the decoding and of single states, and
   * there are so many that some would round to another byte.
   */
  @ParameterizedTest
  @CsvSource({
    "FP16, logit-scale, incremental",
    "INT8, logit-scale, incremental",
    "INT8, logit-scale+layer, incremental",
    "INT8, logit-scale+layer, loop"
  })
  void aLongRolloutThatGrowsItsFirstLayerDrawsFromItsReducedPolicy(
      Precision precision, String conditioning, String form) {
    TrainedModel model =
        RandomModel.of(
            """
            seed: 6
            environment: {type: autoregressive, tokens: [A, C, G, T], length: 16}
            reward: {type: table, file: scores.csv, object_column: object, score_column: score}
            policy:
              hidden_widths: [128, 128]
              conditioning: {type: %s, form: positive%s}
            training: {batch: 2, beta: {type: uniform, low: 1.0, high: 3.0}}
            """
                .formatted(
                    conditioning, conditioning.endsWith("layer") ? ", encoding: {type: raw}" : ""),
            6);
    Path target = directory.resolve("bundle");
    RolloutForm given = RolloutForm.valueOf(form.toUpperCase(Locale.ROOT));
    new BundleWriter("test", 0, Optional.of(given), new PrecisionGate(precision, 1))
        .write(model, target, new ParityGate(model), BundleCalibration.NONE);
    Bundle bundle = Bundle.open(target);
    assertThat(bundle.manifest().getRollout().getForm()).isEqualTo(form);
    Divergence divergence = bundle.manifest().getPrecision().getDivergence(2);
    assertThat(divergence.getKind()).isEqualTo("estimate");
    assertThat(divergence.getTrajectories()).isEqualTo(PolicyDivergence.TRAJECTORIES);
    assertThat(divergence.getStandardError()).isBetween(1e-9, 0.02);
    try (Sampler sampler = Sampler.open(bundle, SamplerOptions.defaults())) {
      SampleRequest request = SampleRequest.of(new float[] {3}, 2_000, 0, 5);
      assertThat(DecodingCheck.run(sampler, request).differing()).isZero();
    }
  }

  @Test
  void aModelThatIsTooFarIsNotWritten() {
    TrainedModel model = RandomModel.strings(4, 4, ScaleForm.POSITIVE, 22, 16, 16);
    assertThatThrownBy(
            () -> write(model, directory.resolve("b"), 0, new PrecisionGate(Precision.INT8, 1e-6)))
        .isInstanceOf(LogitFlowException.class)
        .hasMessageMatching(
            "--precision int8: at beta 1\\.0 total variation 0\\.\\d+ exactly, above the bound of"
                + " 1\\.0E-6 \\(--divergence-bound\\)");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aModelOfInfiniteLogitsIsNotWritten() {
    TrainedModel good = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 22, 16, 16);
    float[] parameters = good.parameters();
    var block = good.network().layout().block("forward.1.weight");
    // Above the largest number of binary16.
    parameters[block.offset()] = 1e6f;
    TrainedModel model =
        new TrainedModel(good.config(), good.configYaml(), parameters, good.origin());
    assertThatThrownBy(
            () -> write(model, directory.resolve("b"), 0, new PrecisionGate(Precision.FP16, 1)))
        .isInstanceOf(LogitFlowException.class)
        .hasMessage(
            "--precision fp16: logits are not finite, since numbers in the hidden layers are too"
                + " large for it");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void refusesWhereNothingIsLeftToReduce() {
    PrecisionGate gate = new PrecisionGate(Precision.INT8, 1);
    TrainedModel single = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 22, 16);
    assertThatThrownBy(() -> write(single, directory.resolve("b"), 0, gate))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "--precision: found int8, expected fp32, since the policy has no two hidden layers,"
                + " whose product could be reduced");
    TrainedModel tabulated = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 22, 16, 16);
    assertThatThrownBy(
            () -> write(tabulated, directory.resolve("b"), BundleWriter.TABLE_BUDGET, gate))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "--precision: found int8, expected fp32, since constants and tables answer every step"
                + " (--table-budget 0 for no tables)");
    assertThat(directory).isEmptyDirectory();
  }

  /** The full policy fails the very test that the reduced one passes. */
  @Test
  void objectsFollowTheReducedPolicy() {
    TrainedModel model = RandomModel.strings(4, 4, ScaleForm.POSITIVE, 22, 64, 64);
    List<QuantisedRange> coarse = List.of(new QuantisedRange(0.0001f, 0));
    Reduction reduction = new Reduction(Precision.INT8, 1, coarse);
    Path target = directory.resolve("b");
    new BundleWriter(
            "test",
            0,
            Optional.empty(),
            (unused, policy, firstStep) ->
                Optional.of(
                    ManifestReduction.describe(reduction)
                        .setBound(1)
                        .addDivergence(divergence(1))
                        .addDivergence(divergence(3))
                        .build()))
        .write(model, target, new ParityGate(model), BundleCalibration.NONE);
    SampleRequest request = SampleRequest.of(new float[] {1}, 200_000, 0, 5);
    try (TrainedPolicy trained = RandomModel.trained(model);
        ReducedPolicy reduced =
            new ReducedPolicy(
                trained, RandomModel.lowering(model), model.environment(), reduction);
        Sampler sampler = Sampler.open(Bundle.open(target), SamplerOptions.defaults())) {
      SamplingReport own = SamplingCheck.run(sampler, reduced, model.environment(), request);
      assertThat(own.overObjects().probability()).isGreaterThan(1e-3);
      assertThat(own.overBins().probability()).isGreaterThan(1e-3);
      assertThat(SamplingCheck.run(sampler, trained, model.environment(), request).passed())
          .isFalse();
      double exact =
          PolicyDivergence.measure(model.environment(), trained, reduced, 1)
              .get(0)
              .getTotalVariation();
      assertThat(SamplingCheck.run(sampler, trained, model.environment(), request, exact).passed())
          .isTrue();
      assertThat(SamplingCheck.run(sampler, trained, model.environment(), request, 0).passed())
          .isFalse();
    }
  }

  @Test
  void refusesAManifestOfOtherLayers() {
    TrainedModel model = RandomModel.strings(4, 4, ScaleForm.POSITIVE, 22, 16, 16);
    Path target = directory.resolve("b");
    write(model, target, 0, new PrecisionGate(Precision.INT8, 1));
    BundleFolder.edit(
        target,
        manifest -> manifest.getPrecisionBuilder().addInputs(manifest.getPrecision().getInputs(0)));
    ParityGate gate = new ParityGate(model);
    assertThatThrownBy(() -> gate.report(target))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "manifest.json precision.inputs: found 2 of them, kind int8, expected 1, for the"
                + " products between two hidden layers of the config");
  }

  private static Divergence divergence(float beta) {
    return Divergence.newBuilder().setBeta(beta).setKind("exact").setTotalVariation(0.5).build();
  }

  private static void write(TrainedModel model, Path target, long budget, PrecisionGate gate) {
    new BundleWriter("test", budget, Optional.empty(), gate)
        .write(model, target, new ParityGate(model), BundleCalibration.NONE);
  }
}
