package io.logitflow.trainer.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.checkpoint.DataFingerprints;
import io.logitflow.trainer.config.ConfigComparison;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.training.TrainingLoop;
import io.logitflow.trainer.training.TrainingState;
import io.logitflow.trainer.training.WarmStart;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a run begins: anew, at the parameters of another run, or where its own newest checkpoint
 * left off.
 *
 * @param state the state, or null for a run that begins anew
 * @param data the files behind the run
 */
record RunStart(@Nullable TrainingState state, DataFingerprints data) {
  private static final String OPTION = "--init-from";

  /**
   * Begins a run that has no checkpoint.
   *
   * @param inputs what its config names
   * @param source directory of the run whose parameters it takes up, or null to begin anew
   * @throws InvalidInputException if these parameters are not such that it can
   */
  static RunStart first(RunInputs inputs, @Nullable Path source) {
    if (source == null) {
      return new RunStart(null, inputs.fingerprints());
    }
    Checkpoint checkpoint = Checkpoint.load(source);
    TrainerConfig config = inputs.config();
    List<Problem> differences =
        ConfigComparison.differences(checkpoint.config(), config).stream()
            .filter(problem -> changesMeaning(problem.subject()))
            .map(
                problem ->
                    new Problem(
                        problem.subject(),
                        problem.found(),
                        problem.expected() + " of " + OPTION + " " + source))
            .toList();
    if (!differences.isEmpty()) {
      throw new InvalidInputException(differences);
    }
    GFlowNet network = GFlowNet.of(config, inputs.environment());
    float[] parameters =
        WarmStart.parameters(
            OPTION + " " + source,
            GFlowNet.of(checkpoint.config(), inputs.environment()),
            checkpoint.parameters(),
            network,
            TrainingLoop.initialParameters(config.seed(), network));
    return new RunStart(
        TrainingState.start(parameters, inputs.environment().maximumLength()),
        inputs.fingerprints().startedFrom(checkpoint.parametersSha256()));
  }

  /** Returns whether tensors of the same shapes mean something else where a key differs. */
  private static boolean changesMeaning(String key) {
    return key.startsWith("environment") || key.startsWith("policy.conditioning.encoding");
  }

  /**
   * Goes on with a run.
   *
   * @param inputs what its config names
   * @param checkpoint its newest checkpoint
   * @param source directory of the run whose parameters it took up, or null where that is not said
   * @throws InvalidInputException if config, data or source are not those of the checkpoint
   */
  static RunStart resumed(RunInputs inputs, Checkpoint checkpoint, @Nullable Path source) {
    List<Problem> differences =
        new ArrayList<>(ConfigComparison.differences(checkpoint.config(), inputs.config()));
    DataFingerprints found = inputs.fingerprints();
    DataFingerprints saved = checkpoint.data();
    compare("reward", found.reward(), saved.reward(), differences);
    compare("evaluation.modes", found.modes(), saved.modes(), differences);
    compare("training.offline", found.offline(), saved.offline(), differences);
    if (source != null) {
      String parameters = Checkpoint.load(source).parametersSha256();
      compare(OPTION, parameters, saved.initialParameters(), differences);
    }
    int rounds = inputs.config().training().rounds();
    if (checkpoint.round() > rounds) {
      differences.add(
          new Problem(
              "training.rounds",
              Integer.toString(rounds),
              "at least the " + checkpoint.round() + " that the checkpoint has done"));
    }
    if (!differences.isEmpty()) {
      throw new InvalidInputException(differences);
    }
    return new RunStart(checkpoint.state(), found.startedFrom(saved.initialParameters()));
  }

  private static void compare(
      String subject, String found, String expected, List<Problem> differences) {
    if (!found.equals(expected)) {
      differences.add(
          new Problem(
              subject, "data of " + shown(found), shown(expected) + " as in the checkpoint"));
    }
  }

  private static String shown(String sha256) {
    return sha256.isEmpty() ? "no file" : "SHA-256 " + sha256;
  }
}
