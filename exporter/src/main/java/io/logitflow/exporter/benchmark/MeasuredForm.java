package io.logitflow.exporter.benchmark;

import io.logitflow.contract.StagedOutput;
import io.logitflow.exporter.bundle.BundleCalibration;
import io.logitflow.exporter.bundle.BundlePrecision;
import io.logitflow.exporter.bundle.BundleWriter;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.graph.GraphSize;
import io.logitflow.exporter.lowering.Precision;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.exporter.parity.PrecisionGate;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.Tabulation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A form that a rollout takes, and its size.
 *
 * @param model what it samples from, in words
 * @param form of the steps that no table answers, as a manifest names it
 * @param tables which steps are read from tables, in words
 * @param steps T, of the longest trajectory
 * @param size of {@code rollout.onnx}
 */
record MeasuredForm(String model, String form, String tables, int steps, GraphSize size) {
  private static final String WITHOUT = "none";
  private static final String SCALED = "conditioning: {type: logit-scale, form: positive}";

  private static final List<Model> MODELS =
      List.of(
          new Model(
              "`prepend-append`, 6 of 4 tokens",
              "{type: prepend-append, tokens: [A, C, G, T], length: 6}",
              SCALED),
          new Model(
              "`prepend-append`, three heads and P_B learned",
              "{type: prepend-append, tokens: [A, C, G, T], length: 6}",
              "conditioning: {type: logit-scale, form: affine, heads: 3}, backward: learned"),
          new Model(
              "`prepend-append`, β in the layers",
              "{type: prepend-append, tokens: [A, C, G, T], length: 6}",
              "conditioning: {type: layer, encoding: {type: raw}}"),
          new Model(
              "`autoregressive`, 6 of 4 tokens",
              "{type: autoregressive, tokens: [A, C, G, T], length: 6}",
              SCALED),
          new Model(
              "`autoregressive`, 1 to 6 of 4 tokens",
              "{type: autoregressive, tokens: [A, C, G, T], minimum_length: 1, length: 6}",
              SCALED),
          new Model(
              "`hypergrid`, 2 of side 6", "{type: hypergrid, dimensions: 2, side: 6}", SCALED),
          new Model(
              "`non-autoregressive`, 6 of 4 tokens",
              "{type: non-autoregressive, tokens: [A, C, G, T], length: 6}",
              SCALED),
          new Model(
              "`non-autoregressive`, hidden layers in binary16",
              "{type: non-autoregressive, tokens: [A, C, G, T], length: 6}",
              SCALED,
              new PrecisionGate(Precision.FP16, 1)));

  /** For a part of the steps, for all of them. */
  private static final List<Long> BUDGETS = List.of(8L << 10, BundleWriter.TABLE_BUDGET);

  /** Is shown what was exported, before it is deleted. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Takes a form.
     *
     * @param form the form
     * @param model what was exported
     * @param bundle the bundle, opened
     */
    void visit(MeasuredForm form, TrainedModel model, Bundle bundle);
  }

  /** Exports every model without tables in every form, then with some and with all, and counts. */
  static List<MeasuredForm> all() {
    return all((form, model, bundle) -> {});
  }

  /**
   * Does the same, and shows each form that is not as one before it.
   *
   * @param visitor is called once for each form returned
   */
  static List<MeasuredForm> all(Visitor visitor) {
    List<MeasuredForm> forms = new ArrayList<>();
    Path directory = temporary();
    try {
      for (Model model : MODELS) {
        TrainedModel untrained = model.untrained();
        Path bundle = directory.resolve("bundle");
        for (RolloutForm form : RolloutForm.values()) {
          if (form.fits(untrained.network(), untrained.environment())) {
            model.export(untrained, bundle, 0, Optional.of(form));
            add(forms, model, untrained, bundle, visitor);
          }
        }
        for (long budget : model.takesTables() ? BUDGETS : List.<Long>of()) {
          model.export(untrained, bundle, budget, Optional.empty());
          add(forms, model, untrained, bundle, visitor);
        }
      }
      return forms;
    } finally {
      StagedOutput.deleteTree(directory);
    }
  }

  /** Returns a name of the form, in words. */
  String name() {
    String steps = tables.equals(WITHOUT) ? "" : ", tables for " + tables;
    return model + ", " + form + steps;
  }

  private static void add(
      List<MeasuredForm> forms,
      Model model,
      TrainedModel untrained,
      Path directory,
      Visitor visitor) {
    Bundle bundle = Bundle.open(directory);
    MeasuredForm form = of(bundle, model);
    if (!forms.contains(form)) {
      forms.add(form);
      visitor.visit(form, untrained, bundle);
    }
    StagedOutput.deleteTree(directory);
  }

  private static MeasuredForm of(Bundle bundle, Model model) {
    Manifest manifest = bundle.manifest();
    Tabulation tables = manifest.getRollout().getTabulation();
    try {
      return new MeasuredForm(
          model.name(),
          manifest.getRollout().getForm(),
          manifest.getRollout().hasTabulation()
              ? tables.getSteps() + ", by " + tables.getLayout()
              : WITHOUT,
          bundle.steps(),
          GraphSize.of(bundle.path(Role.ROLLOUT)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("logitflow-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A model that is exported, by its YAML. */
  private record Model(String name, String environment, String policy, BundlePrecision precision) {
    Model(String name, String environment, String policy) {
      this(name, environment, policy, BundlePrecision.FULL);
    }

    /** Where β is read by the layers there are none, and with all of them nothing to reduce. */
    boolean takesTables() {
      return !policy.contains("encoding") && precision == BundlePrecision.FULL;
    }

    void export(TrainedModel model, Path target, long tableBudget, Optional<RolloutForm> form) {
      new BundleWriter("benchmark", tableBudget, form, precision)
          .write(model, target, staged -> "{}", BundleCalibration.NONE);
    }

    TrainedModel untrained() {
      return UntrainedModel.of(
          """
          environment: %s
          reward: {type: table, file: scores.csv, object_column: object, score_column: score}
          policy: {hidden_widths: [16, 16], %s}
          training: {beta: {type: uniform, low: 1.0, high: 3.0}}
          """
              .formatted(environment, policy));
    }
  }
}
