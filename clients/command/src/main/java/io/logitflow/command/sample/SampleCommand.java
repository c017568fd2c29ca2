package io.logitflow.command.sample;

import io.logitflow.client.BlockStream;
import io.logitflow.client.RewardTransform;
import io.logitflow.client.SampleQuery;
import io.logitflow.client.SamplerClient;
import io.logitflow.command.output.ExtrapolationWarning;
import io.logitflow.command.output.OptionNames;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.StagedOutput;
import io.logitflow.contract.command.BetaConverter;
import io.logitflow.contract.command.CommaSeparated;
import io.logitflow.v1.Column;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.SampleSummary;
import io.logitflow.v1.SampleSummary.StopReason;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./logitflow sample}: candidates of a running server, as CSV on standard output or in a
 * file that appears when it is complete. What it says of the run goes to standard error.
 */
@Command(
    name = "sample",
    description = "Draws candidates from a running server, as CSV.",
    customSynopsis =
        "./logitflow sample --target HOST:PORT --beta B[,B...] --count N [--seed N]"
            + " [--greedy | --top-p P] [--allow-at-step STEP=TOKENS]..."
            + " [--allow-at-position POSITION=TOKENS]... [--prefix TOKENS] [--length N]"
            + " [--forbid TOKENS] [--unique N] [--out FILE.csv]",
    footer = {
      "",
      "Objects, and TOKENS in the options, are names of tokens one after the other, such as AC. Where"
          + " names are longer than one character, the model's separator stands between them, such"
          + " as t1-t2."
    },
    sortOptions = false)
public final class SampleCommand implements Callable<Integer> {
  private static final double NANOS_PER_SECOND = 1e9;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--target",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Where the server listens.")
  private String target = "";

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
      names = "--count",
      required = true,
      paramLabel = "N",
      description = "Candidates at each of them, at least 1; the server sets the most.")
  private long count;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "A whole number of up to 64 bits. Same seed, same candidates; without one the server draws one.")
  private @Nullable Long seed;

  @Mixin private DrawOptions draws = new DrawOptions();

  @Option(
      names = "--out",
      paramLabel = "FILE.csv",
      description = "A new file; without one, standard output.")
  private @Nullable Path out;

  /**
   * Samples.
   *
   * @return exit code 0
   * @throws LogitFlowException if the file exists, the server refuses or goes away, or the disk is
   *     full
   */
  @Override
  public Integer call() {
    if (out != null) {
      StagedOutput.requireAbsent(out);
    }
    List<Column> columns = CandidateCsv.columns(draws.leaveActionsToThePolicy());
    SampleQuery plain = SampleQuery.of(count, betas).withColumns(columns.toArray(Column[]::new));
    if (seed != null) {
      plain = plain.withSeed(seed);
    }
    try {
      sample(columns, plain);
    } catch (LogitFlowException e) {
      throw OptionNames.in(e);
    }
    return 0;
  }

  private void sample(List<Column> columns, SampleQuery plain) {
    try (SamplerClient client = SamplerClient.connect(target)) {
      DescribeModelResponse model = client.describeModel();
      SampleQuery query = draws.addTo(plain, model::getVocabulary);
      try (BlockStream blocks = client.sampleBlocks(query)) {
        ExtrapolationWarning.print(err(), betas, blocks::extrapolated, model::getTrainedBeta);
        RewardTransform transform = RewardTransform.of(model);
        // From here on, so that the rate is the stream's and not the connection's.
        long start = System.nanoTime();
        long rows =
            out == null
                ? writeToStandardOutput(blocks, columns, transform)
                : writeToFile(blocks, columns, transform, out);
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        err()
            .printf(
                Locale.ROOT,
                "seed %d, %d rows, %.0f candidates/s%n",
                blocks.seed(),
                rows,
                rows / seconds);
        blocks.summary().ifPresent(summary -> err().println(told(summary)));
      }
    }
  }

  /** Returns the line that says how drawing distinct objects ended. */
  static String told(SampleSummary summary) {
    return String.format(
        Locale.ROOT,
        "%d distinct objects in %d draws: %s",
        summary.getUnique(),
        summary.getDraws(),
        summary.getStopReason() == StopReason.ENOUGH ? "enough" : "no more draws allowed");
  }

  private long writeToStandardOutput(
      BlockStream blocks, List<Column> columns, RewardTransform transform) {
    // System.out would hide that its reader has gone.
    return write(
        blocks,
        columns,
        transform,
        new FileOutputStream(FileDescriptor.out),
        Path.of("standard output"));
  }

  private long writeToFile(
      BlockStream blocks, List<Column> columns, RewardTransform transform, Path file) {
    try (StagedOutput staged = StagedOutput.file(file)) {
      // An interrupt from the keyboard leaves nothing behind either.
      Runtime.getRuntime().addShutdownHook(new Thread(staged::close, "delete-partial"));
      long rows;
      try (OutputStream stream = Files.newOutputStream(staged.path())) {
        rows = write(blocks, columns, transform, stream, file);
      } catch (IOException e) {
        throw LogitFlowException.ofDisk(file, "be written", e);
      }
      staged.publish();
      return rows;
    }
  }

  private long write(
      BlockStream blocks,
      List<Column> columns,
      RewardTransform transform,
      OutputStream stream,
      Path name) {
    long rows = 0;
    try {
      CandidateCsv csv = new CandidateCsv(stream, columns, transform);
      while (blocks.hasNext()) {
        var block = blocks.next();
        csv.write(block);
        rows += block.rowCount();
      }
      csv.flush();
      csv.warnings().forEach(err()::println);
    } catch (IOException | UncheckedIOException e) {
      throw LogitFlowException.ofDisk(name, "be written", e);
    }
    return rows;
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
