package io.logitflow.command.quickstart;

import io.logitflow.client.RewardTransform;
import io.logitflow.client.SampleQuery;
import io.logitflow.client.SamplerClient;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./logitflow quickstart}: trains, exports, verifies, serves and samples the TFBind8
 * example, each by its own command, and compares what was sampled with the exact target.
 */
@Command(
    name = "quickstart",
    description = "Runs every stage on the TFBind8 example and shows the result.",
    customSynopsis = "./logitflow quickstart [--out DIR] [--set a.b=c ...]",
    sortOptions = false)
public final class QuickstartCommand implements Callable<Integer> {
  private static final String EXAMPLE = "trainer/examples/tfbind8/";
  private static final List<Float> BETAS = List.of(1f, 3f, 10f);
  private static final int COUNT = 10_000;
  private static final long SEED = 0;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Where checkpoint/, bundle/, candidates.csv and scores.png go (default: quickstart).")
  private Path out = Path.of("quickstart");

  @Option(
      names = "--set",
      paramLabel = "a.b=c",
      description =
          "Changes a value of the training configuration, such as training.rounds=400; may be"
              + " repeated.")
  private List<String> settings = List.of();

  /**
   * Runs the example.
   *
   * @return exit code 0
   * @throws LogitFlowException if the directory is not a quickstart's, or a command fails
   */
  @Override
  public Integer call() {
    PrintWriter console = spec.commandLine().getOut();
    Launcher launcher = Launcher.ofThisProcess(console);
    QuickstartDirectory.requireOurs(out);
    checkSettings(launcher);
    QuickstartDirectory directory = QuickstartDirectory.claim(out);

    buildModel(launcher, directory);
    Served served = sample(launcher, directory);
    console.println("The server has stopped.");

    ScoreTable table = ScoreTable.read(launcher.repositoryFile(EXAMPLE + "tfbind8.csv.gz"));
    var modes = SampledScores.readModes(launcher.repositoryFile(EXAMPLE + "modes.csv"));
    var sampled = SampledScores.read(directory.candidates(), table, modes);
    Evaluation evaluation = Evaluation.read(directory.evaluation());
    List<QuickstartReport.Row> rows = new ArrayList<>();
    served
        .rates()
        .forEach(
            (beta, rate) ->
                rows.add(
                    new QuickstartReport.Row(
                        evaluation.at(beta), sampledAt(sampled, beta), modes.size(), rate)));
    console.printf(
        "%n%,d samples at each beta, for p(x; beta) proportional to R(x)^beta:%n%n%s%n%n",
        COUNT, new QuickstartReport(rows).text());

    picture(table, served, sampled).write(directory.scores());
    console.println(
        "Wrote "
            + directory.results().stream().map(Path::toString).collect(Collectors.joining(", "))
            + ".");
    return 0;
  }

  /** Refuses settings before an earlier quickstart's results are replaced. */
  private void checkSettings(Launcher launcher) {
    for (String setting : settings) {
      if (setting.startsWith("evaluation.betas")) {
        throw new InvalidInputException(
            "--set", setting, "another value: the quickstart evaluates beta 1, 3 and 10");
      }
    }
    launcher.check(train(launcher, "--print-config"));
  }

  private List<String> train(Launcher launcher, String... options) {
    List<String> train = new ArrayList<>();
    train.add("train");
    train.addAll(List.of("--config", launcher.repositoryFile(EXAMPLE + "tfbind8.yaml").toString()));
    train.addAll(List.of(options));
    settings.forEach(setting -> train.addAll(List.of("--set", setting)));
    return train;
  }

  private void buildModel(Launcher launcher, QuickstartDirectory directory) {
    String checkpoint = directory.checkpoint().toString();
    String bundle = directory.bundle().toString();
    launcher.run(train(launcher, "--out", checkpoint));
    String data = launcher.repositoryFile(EXAMPLE).toString();
    launcher.run(
        List.of("export", "--checkpoint", checkpoint, "--out", bundle, "--data-dir", data));
    launcher.run(List.of("verify", "--bundle", bundle, "--checkpoint", checkpoint));
  }

  /** What the server told while it ran. */
  private record Served(RewardTransform logReward, Map<Float, SamplingRate> rates) {}

  private static Served sample(Launcher launcher, QuickstartDirectory directory) {
    // Any free port: the server says which, and no other process can take it in between.
    List<String> serve = List.of("serve", "--bundle", directory.bundle().toString(), "--port", "0");
    String betas =
        BETAS.stream()
            .map(beta -> QuickstartReport.betaText(beta, false))
            .collect(Collectors.joining(","));
    try (RunningServer server = launcher.serve(serve)) {
      launcher.run(
          List.of(
              "sample",
              "--target",
              server.target(),
              "--beta",
              betas,
              "--count",
              String.valueOf(COUNT),
              "--seed",
              String.valueOf(SEED),
              "--out",
              directory.candidates().toString()));
      return measure(server.target());
    }
  }

  private static Served measure(String target) {
    try (SamplerClient client = SamplerClient.connect(target)) {
      SampleQuery query = SampleQuery.of(COUNT, BETAS.get(0)).withSeed(SEED);
      // The first call of a process also pays for its connection and for cold code.
      SamplingRate.measure(client, query);
      Map<Float, SamplingRate> rates = new LinkedHashMap<>();
      for (Float beta : BETAS) {
        rates.put(beta, SamplingRate.measure(client, query.withBetas(beta)));
      }
      return new Served(RewardTransform.of(client.describeModel()), rates);
    }
  }

  private static ScoreChart picture(
      ScoreTable table, Served served, Map<Float, SampledScores> sampled) {
    List<ScoreChart.Panel> panels = new ArrayList<>();
    served
        .rates()
        .forEach(
            (beta, rate) ->
                panels.add(
                    ScoreChart.Panel.of(
                        "beta = " + QuickstartReport.betaText(beta, rate.extrapolated()),
                        sampledAt(sampled, beta),
                        table,
                        table.target(served.logReward(), beta))));
    return new ScoreChart(
        "TFBind8: scores of %,d samples and of the exact target R(x)^beta / Z".formatted(COUNT),
        panels);
  }

  private static SampledScores sampledAt(Map<Float, SampledScores> sampled, float beta) {
    SampledScores at = sampled.get(beta);
    if (at == null) {
      throw new LogitFlowException(
          Category.FAILED, "candidates.csv: found no rows of beta " + beta + ", expected " + COUNT);
    }
    return at;
  }
}
