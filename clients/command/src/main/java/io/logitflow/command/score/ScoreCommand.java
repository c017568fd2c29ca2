package io.logitflow.command.score;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.logitflow.client.SamplerClient;
import io.logitflow.client.ScoreQuery;
import io.logitflow.client.Scores;
import io.logitflow.command.output.ExtrapolationWarning;
import io.logitflow.contract.LogitFlowException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./logitflow score}: log p(x; β) of given objects under a running server's model, as CSV on
 * standard output, β by β. What it says of the run goes to standard error.
 */
@Command(
    name = "score",
    description = "Asks a running server how probable given objects are, as CSV.",
    customSynopsis =
        "./logitflow score --target HOST:PORT --objects FILE.csv --beta B[,B...]"
            + " [--trajectories K] [--seed N]",
    sortOptions = false)
public final class ScoreCommand implements Callable<Integer> {
  private static final List<String> NAMES = List.of("object", "beta", "log_p", "standard_error");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--target",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Where the server listens.")
  private String target = "";

  @Option(
      names = "--objects",
      required = true,
      paramLabel = "FILE.csv",
      description =
          "CSV with a header, one of its columns `object`; - for standard input, such as what"
              + " `sample` writes.")
  private String objects = "";

  @Option(
      names = "--beta",
      required = true,
      split = ",",
      paramLabel = "B",
      description = "Inverse temperatures.")
  private float[] betas = {};

  @Option(
      names = "--trajectories",
      paramLabel = "K",
      description =
          "Trajectories behind an estimate, 2 to 10,000; without it, 64. Without meaning where"
              + " the model's scores are exact.")
  private @Nullable Integer trajectories;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Same seed, same estimates; without one the server draws one.")
  private @Nullable Long seed;

  /**
   * Scores.
   *
   * @return exit code 0
   * @throws LogitFlowException if the file has no objects, the server refuses or goes away, or
   *     standard output takes nothing
   */
  @Override
  public Integer call() {
    ScoreQuery query = ScoreQuery.of(ObjectColumn.read(objects), betas);
    if (trajectories != null) {
      query = query.withTrajectories(trajectories);
    }
    if (seed != null) {
      query = query.withSeed(seed);
    }
    try (SamplerClient client = SamplerClient.connect(target)) {
      Scores scores = client.score(query);
      ExtrapolationWarning.print(
          err(), betas, scores.extrapolated()::get, () -> client.describeModel().getTrainedBeta());
      write(scores);
      err()
          .println(
              scores.exact() ? "exact" : "seed " + scores.seed() + ", estimated from trajectories");
    }
    return 0;
  }

  private void write(Scores scores) {
    // System.out would hide that its reader has gone.
    try (CsvWriter writer =
        CsvWriter.builder()
            .lineDelimiter(LineDelimiter.LF)
            .build(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8)) {
      writer.writeRecord(NAMES);
      for (int j = 0; j < betas.length; j++) {
        for (int i = 0; i < scores.query().objects().size(); i++) {
          writer.writeRecord(
              scores.query().objects().get(i),
              Float.toString(betas[j]),
              Float.toString(scores.logP(j, i)),
              Float.toString(scores.standardError(j, i)));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw LogitFlowException.ofDisk(Path.of("standard output"), "be written", e);
    }
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
