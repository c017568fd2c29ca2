package io.logitflow.exporter.command;

import io.logitflow.exporter.inspection.OperatorTimes;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.onnx.GraphSummary;
import io.logitflow.v1.Graph;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code inspect}: what the graphs of a bundle are made of. */
@Command(
    name = "inspect",
    description =
        "Shows of each graph of a bundle its operators, the bytes of its constants and the"
            + " operations of its matrix products, and what `export --data-dir` found of"
            + " implied rewards.",
    sortOptions = false)
final class InspectCommand implements Runnable {
  private static final int ROWS = 256;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--bundle",
      paramLabel = "DIR",
      required = true,
      description = "What `export` wrote.")
  private Path bundle = Path.of("");

  @Option(
      names = "--profile",
      description =
          "Run the rollout too, 256 rows at a time, and show the time that ONNX Runtime takes for"
              + " each operator.")
  private boolean profile;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    Bundle opened = Bundle.open(bundle);
    for (Graph graph : opened.manifest().getGraphsList()) {
      print(out, graph.getFile().getName(), opened.summary(graph.getRole()));
      if (graph.getRole() == Graph.Role.ROLLOUT) {
        out.println("  " + RolloutSummary.of(opened.manifest()));
        PrecisionLines.of(opened.manifest()).forEach(line -> out.println("  " + line));
      }
    }
    opened.manifest().getCalibrationList().stream().map(CalibrationLine::of).forEach(out::println);
    if (profile) {
      print(out, OperatorTimes.of(opened, ROWS));
    }
  }

  private static void print(PrintWriter out, String file, GraphSummary summary) {
    int nodes = summary.operators().values().stream().mapToInt(Integer::intValue).sum();
    String operators =
        summary.operators().entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .map(operator -> operator.getKey() + " " + operator.getValue())
            .collect(Collectors.joining(", "));
    out.println(file);
    out.printf(Locale.ROOT, "  %,d nodes: %s%n", nodes, operators);
    summary
        .repetition()
        .ifPresent(
            loop ->
                out.printf(
                    Locale.ROOT,
                    "  %,d of them in a loop, %,d times%n",
                    loop.nodes(),
                    loop.times()));
    out.printf(Locale.ROOT, "  %,d bytes of constants%n", summary.constantBytes());
    out.printf(
        Locale.ROOT,
        "  %,d operations a row in matrix products%s%n",
        summary.operationsPerRow(),
        summary.operationsPerBeta() == 0
            ? ""
            : String.format(
                Locale.ROOT, ", %,d an inverse temperature", summary.operationsPerBeta()));
  }

  private static void print(PrintWriter out, OperatorTimes times) {
    double total = times.microseconds().values().stream().mapToDouble(Double::doubleValue).sum();
    out.printf(
        Locale.ROOT,
        "rollout.onnx, %d rows: %.0f us in nodes, the cost of the profile among them%n",
        times.rows(),
        total);
    times.microseconds().entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEach(
            operator ->
                out.printf(
                    Locale.ROOT,
                    "  %8.1f us %5.1f%% %4d x %s%n",
                    operator.getValue(),
                    100 * operator.getValue() / total,
                    times.nodes().get(operator.getKey()),
                    operator.getKey()));
  }
}
