package io.logitflow.exporter.benchmark;

import io.logitflow.exporter.bundle.BundleCalibration;
import io.logitflow.exporter.bundle.BundlePrecision;
import io.logitflow.exporter.bundle.BundleWriter;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.sampler.bundle.Bundle;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The size of a model that nobody trained: strings of L tokens out of V, grown at either end, two
 * hidden layers, one head of logits scaled in the form {@code positive}. With its initial
 * parameters all objects are about as probable, which is where rows of a table are shared least.
 *
 * @param vocabulary V
 * @param length L
 * @param width of both hidden layers
 */
record BenchmarkModel(int vocabulary, int length, int width) {
  /** Returns its name in figures, such as {@code v4l8}. */
  String name() {
    return "v" + vocabulary + "l" + length;
  }

  /**
   * Exports it, without a check of its parity.
   *
   * @param directory where the bundle goes, which must not exist
   * @param tableBudget bytes that tables may add
   */
  Bundle export(Path directory, long tableBudget) {
    return export(directory, tableBudget, BundlePrecision.FULL);
  }

  /**
   * Exports it, without a check of its parity.
   *
   * @param directory where the bundle goes, which must not exist
   * @param tableBudget bytes that tables may add
   * @param precision what it draws in
   */
  Bundle export(Path directory, long tableBudget, BundlePrecision precision) {
    new BundleWriter("benchmark", tableBudget, Optional.empty(), precision)
        .write(model(), directory, staged -> "{}", BundleCalibration.NONE);
    return Bundle.open(directory);
  }

  /** Returns the model. */
  TrainedModel model() {
    String tokens =
        IntStream.range(0, vocabulary)
            .mapToObj(token -> "t" + token)
            .collect(Collectors.joining(", "));
    String yaml =
        String.format(
            Locale.ROOT,
            """
            environment: {type: prepend-append, tokens: [%s], length: %d}
            reward: {type: table, file: scores.csv, object_column: object, score_column: score}
            policy:
              hidden_widths: [%d, %d]
              conditioning: {type: logit-scale, form: positive}
            training: {beta: {type: uniform, low: 1.0, high: 3.0}}
            """,
            tokens,
            length,
            width,
            width);
    return UntrainedModel.of(yaml);
  }

  /**
   * Returns the floating-point operations of the matrix products of a trajectory: of each step but
   * the first, with the first layer's rows that can be read.
   */
  double operations() {
    double operations = 0;
    for (int step = 1; step < length; step++) {
      operations += 2.0 * width * ((double) step * vocabulary + width + 2.0 * vocabulary);
    }
    return operations;
  }
}
