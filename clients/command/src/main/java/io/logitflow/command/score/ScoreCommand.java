package io.logitflow.command.score;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.logitflow.client.SamplerClient;
import io.logitflow.client.ScoreQuery;
import io.logitflow.client.Scores;
import io.logitflow.command.csv.CsvFile;
import io.logitflow.command.output.ExtrapolationWarning;
import io.logitflow.command.output.OptionNames;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.command.BetaConverter;
import io.logitflow.contract.command.CommaSeparated;
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
    footer = {
      "",
      "Objects are names of tokens one after the other, such as ACGT. Where names are longer than one"
          + " character, the model's separator stands between them, such as t1-t2."
    },
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
          "CSV with a header, one of its columns `object`, such as what `sample` writes; gzipped if"
              + " its name ends in .gz; - for standard input.")
  private String objects = "";

  @Option(
      names = "--beta",
      required = true,
      split = ",",
      preprocessor = CommaSeparated.class,
      converter = BetaConverter.class,
      paramLabel = "B",
      description = "Inverse temperatures, numbers above 0.")
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
      description =
          "A whole number of up to 64 bits. Same seed, same estimates; without one the server draws one.")
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
    ObjectColumn column = ObjectColumn.read(new CsvFile(objects));
    ScoreQuery query = ScoreQuery.of(column.texts(), betas);
    if (trajectories != null) {
      query = query.withTrajectories(trajectories);
    }
    if (seed != null) {
      query = query.withSeed(seed);
    }
    try {
      score(query);
    } catch (InvalidInputException e) {
      throw OptionNames.in(column.atLines(e));
    } catch (LogitFlowException e) {
      throw OptionNames.in(e);
    }
    return 0;
  }

  private void score(ScoreQuery query) {
    try (SamplerClient client = SamplerClient.connect(target)) {
      Scores scores = client.score(query);
      ExtrapolationWarning.print(
          err(), betas, scores.extrapolated()::get, () -> client.describeModel().getTrainedBeta());
      write(scores);
      err()
          .println(
              scores.exact() ? "exact" : "seed " + scores.seed() + ", estimated from trajectories");
    }
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
