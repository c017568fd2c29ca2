package io.logitflow.trainer.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.contract.command.BetaConverter;
import io.logitflow.contract.command.CommaSeparated;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.checkpoint.Weights;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.LoadedConfig;
import io.logitflow.trainer.evaluation.EvaluationFiles;
import io.logitflow.trainer.evaluation.EvaluationReport;
import io.logitflow.trainer.evaluation.EvaluationReport.AtBeta;
import io.logitflow.trainer.evaluation.ModelEvaluation;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.report.EvaluationTable;
import io.logitflow.trainer.reward.EvaluationScores;
import io.logitflow.trainer.reward.ScoreLedger;
import io.logitflow.trainer.reward.ScoredObjects;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evaluate}: measures how close the model of a checkpoint is to its target. */
@Command(
    name = "evaluate",
    description = "Measures how close the model of a checkpoint is to its target.",
    sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {
  private static final Path STANDARD_OUTPUT = Path.of("-");
  private static final String SECTION = "evaluation.";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      required = true,
      description = "What ./logitflow train wrote; its newest checkpoint is taken.")
  private Path checkpoint = Path.of("");

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Directory of the config that the run was trained with, which its files are relative"
              + " to. The current one unless given.")
  private @Nullable Path dataDirectory;

  @Option(
      names = "--beta",
      paramLabel = "B",
      split = ",",
      preprocessor = CommaSeparated.class,
      converter = BetaConverter.class,
      description = "Inverse temperatures, by default those of the run's config.")
  private List<Float> betas = new ArrayList<>();

  @Option(
      names = "--samples",
      paramLabel = "N",
      description =
          "Objects drawn at each, 1 to 10,000,000; by default as many as in the run's config.")
  private @Nullable Integer samples;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Set one value of the config's section evaluation, such as evaluation.top=10. May be"
              + " repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--weights",
      paramLabel = "last|averaged",
      description = "The last parameters (default) or their moving average, if the run keeps one.")
  private Weights weights = Weights.LAST;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write all figures as JSON; - for standard output in place of the table.")
  private @Nullable Path json;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write the figures as CSV, a row for each beta; - as above.")
  private @Nullable Path csv;

  @Override
  public Integer call() {
    if (json != null && csv != null && place(json).equals(place(csv))) {
      throw new InvalidInputException("--csv", csv.toString(), "another place than that of --json");
    }
    Checkpoint saved = Checkpoint.load(checkpoint);
    float[] parameters = saved.parameters(weights);
    LoadedConfig loaded = loaded(saved);
    try (RunInputs inputs = hinting(() -> inputs(saved, loaded));
        TrainedPolicy policy =
            new TrainedPolicy(
                GFlowNet.of(loaded.config(), inputs.environment()),
                inputs.environment(),
                parameters)) {
      ModelEvaluation evaluation =
          hinting(() -> new ModelEvaluation(loaded, inputs.environment(), inputs.modes()));
      EvaluationScores scores = scores(saved, inputs);
      RunEvaluations.announce(loaded.config().evaluation());
      List<AtBeta> entries = evaluation.evaluate(policy, scores);
      write(new EvaluationReport(saved.round(), null, scores.calls(), entries));
    }
    return 0;
  }

  private static Path place(Path file) {
    return file.toAbsolutePath().normalize();
  }

  /** Returns the run's config with the settings of the command line. */
  private LoadedConfig loaded(Checkpoint saved) {
    List<String> all = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (String setting : settings) {
      if (setting.startsWith(SECTION)) {
        all.add(setting);
      } else {
        problems.add(
            new Problem("--set", "\"" + setting + "\"", "a key that begins with " + SECTION));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
    if (!betas.isEmpty()) {
      all.add(SECTION + "betas=" + betas);
    }
    if (samples != null) {
      all.add(SECTION + "samples=" + samples);
    }
    Path directory = dataDirectory == null ? Path.of("") : dataDirectory;
    try {
      return new LoadedConfig(
          ConfigLoader.parse(checkpoint.toString(), saved.configYaml(), all),
          directory.toAbsolutePath().normalize());
    } catch (InvalidInputException e) {
      throw new InvalidInputException(e.problems().stream().map(this::asGiven).toList());
    }
  }

  /** Names the option that the user gave where it stands for a setting. */
  private Problem asGiven(Problem problem) {
    String subject = problem.subject();
    if (!betas.isEmpty()) {
      subject = subject.replace("--set " + SECTION + "betas", "--beta");
    }
    if (samples != null) {
      subject = subject.replace("--set " + SECTION + "samples", "--samples");
    }
    return new Problem(subject, problem.found(), problem.expected());
  }

  /** Reads what the config names; the reward must be the one that the run was trained on. */
  private static RunInputs inputs(Checkpoint saved, LoadedConfig loaded) {
    RunInputs inputs = RunInputs.forEvaluation(loaded);
    String found = inputs.fingerprints().reward();
    if (!found.equals(saved.rewardSha256())) {
      inputs.close();
      throw new InvalidInputException(
          "reward", "data of SHA-256 " + found, saved.rewardSha256() + " as in the checkpoint");
    }
    return inputs;
  }

  /** Returns scores that know all that the run has paid for. */
  private static EvaluationScores scores(Checkpoint saved, RunInputs inputs) {
    ScoredObjects paid = saved.state().paidScores();
    ScoreLedger ledger =
        new ScoreLedger(
            inputs.logReward(), paid.objects().width(), inputs.config().reward().cacheCapacity());
    ledger.restore(paid, saved.state().rewardCalls());
    return new EvaluationScores(ledger);
  }

  /** Reads files, telling where they are looked for if the user has not. */
  private <T> T hinting(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (InvalidInputException e) {
      throw dataDirectory == null ? withHint(e) : e;
    }
  }

  private static InvalidInputException withHint(InvalidInputException fault) {
    List<Problem> problems = new ArrayList<>(fault.problems());
    problems.add(
        new Problem(
            "--data-dir", "nothing", "the directory of the config that the run was trained with"));
    return new InvalidInputException(problems);
  }

  private void write(EvaluationReport report) {
    boolean printed = write(json, EvaluationFiles.json(report));
    printed |= write(csv, EvaluationFiles.csv(report));
    if (!printed) {
      print(EvaluationTable.text(report));
    }
  }

  /** Returns whether the text went to standard output. */
  private boolean write(@Nullable Path target, String text) {
    boolean prints = STANDARD_OUTPUT.equals(target);
    if (prints) {
      print(text);
    } else if (target != null) {
      EvaluationFiles.write(target, text);
    }
    return prints;
  }

  private void print(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }
}
