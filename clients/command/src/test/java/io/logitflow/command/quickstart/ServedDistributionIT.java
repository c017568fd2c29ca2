package io.logitflow.command.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.client.BlockStream;
import io.logitflow.client.CandidateBlock;
import io.logitflow.client.SampleQuery;
import io.logitflow.client.SamplerClient;
import io.logitflow.client.ScoreQuery;
import io.logitflow.client.Scores;
import io.logitflow.command.CommandRun;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.oracle.ChiSquare;
import io.logitflow.sampler.oracle.ExactDistribution;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What comes out of the service against the exact distribution of the model that went into it: real
 * data, every stage a process of its own, dynamic programming over {@code policy.onnx} as the
 * truth.
 */
@Timeout(300)
class ServedDistributionIT {
  private static final int COUNT = 200_000;
  private static final int SCORE_BINS = 50;
  private static final double SMALLEST_P = 0.001;

  @TempDir private static Path directory;
  private static Process server;
  private static SamplerClient client;
  private static Bundle bundle;
  private static double[] scores;

  @BeforeAll
  static void trainExportAndServe() throws Exception {
    Path example = CommandRun.REPOSITORY.resolve("trainer/examples/tfbind8");
    Path checkpoint = directory.resolve("checkpoint");
    succeed(
        "train",
        "--config",
        example.resolve("tfbind8.yaml").toString(),
        "--out",
        checkpoint.toString(),
        "--set",
        "training.rounds=500",
        "--set",
        "training.batch=128",
        "--set",
        "policy.hidden_widths=[128]",
        "--set",
        "evaluation.samples=100");
    Path exported = directory.resolve("bundle");
    succeed("export", "--checkpoint", checkpoint.toString(), "--out", exported.toString());
    bundle = Bundle.open(exported);
    scores = ScoreTable.read(example.resolve("tfbind8.csv.gz")).scores();
    server =
        new ProcessBuilder(
                CommandRun.REPOSITORY.resolve("logitflow").toString(),
                "serve",
                "--bundle",
                exported.toString(),
                "--port",
                "0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = server.inputReader()) {
      String line = out.readLine();
      client = SamplerClient.connect(line.substring(line.lastIndexOf(' ') + 1));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    server.destroy();
    server.waitFor();
  }

  @ParameterizedTest
  @ValueSource(floats = {1, 2, 3})
  void samplesFollowTheModelsExactDistribution(float beta) {
    double[] exact = ExactDistribution.of(bundle, beta);
    long[] counts = counts(beta);
    int[] bins = scoreBins(exact);
    assertThat(ChiSquare.pValue(counts, exact)).isGreaterThan(SMALLEST_P);
    assertThat(scoreP(counts, exact, bins)).isGreaterThan(SMALLEST_P);

    long[] offByFivePercent = counts(1.05f * beta);
    assertThat(scoreP(offByFivePercent, exact, bins)).isLessThan(SMALLEST_P);
  }

  @Test
  void scoresAreTheModelsExactLogProbabilities() {
    List<String> objects =
        IntStream.range(0, 2_500).map(i -> i * 26).mapToObj(ServedDistributionIT::text).toList();
    Scores scored = client.score(ScoreQuery.of(objects, 1, 3));

    assertThat(scored.exact()).isTrue();
    for (int j = 0; j < 2; j++) {
      double[] exact = ExactDistribution.of(bundle, 1 + 2 * j);
      for (int i = 0; i < objects.size(); i++) {
        assertThat((double) scored.logP(j, i)).isCloseTo(Math.log(exact[26 * i]), within(1e-4));
      }
    }
  }

  /** Returns the string of a number in base 4. */
  private static String text(int index) {
    StringBuilder text = new StringBuilder();
    for (int position = 7; position >= 0; position--) {
      text.append("ACGT".charAt(index >> (2 * position) & 3));
    }
    return text.toString();
  }

  private static long[] counts(float beta) {
    long[] counts = new long[scores.length];
    try (BlockStream blocks =
        client.sampleBlocks(SampleQuery.of(COUNT, beta).withSeed(20_261_124))) {
      while (blocks.hasNext()) {
        CandidateBlock block = blocks.next();
        for (int i = 0; i < block.rowCount(); i++) {
          int index = 0;
          for (int position = 0; position < block.length(i); position++) {
            index = 4 * index + block.token(i, position);
          }
          counts[index]++;
        }
      }
    }
    return counts;
  }

  /** Puts every object into one of 50 bins of equal probability, in the order of their scores. */
  private static int[] scoreBins(double[] exact) {
    int[] bins = new int[exact.length];
    double below = 0;
    for (int object :
        IntStream.range(0, exact.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> scores[i]))
            .toList()) {
      bins[object] = Math.min(SCORE_BINS - 1, (int) (SCORE_BINS * below));
      below += exact[object];
    }
    return bins;
  }

  private static double scoreP(long[] counts, double[] exact, int[] bins) {
    long[] binCounts = new long[SCORE_BINS];
    double[] binProbabilities = new double[SCORE_BINS];
    for (int object = 0; object < exact.length; object++) {
      binCounts[bins[object]] += counts[object];
      binProbabilities[bins[object]] += exact[object];
    }
    return ChiSquare.pValue(binCounts, binProbabilities);
  }

  private static void succeed(String... arguments) throws Exception {
    CommandRun run = CommandRun.logitflow(arguments);
    assertThat(run.exitCode()).as(run.err()).isZero();
  }
}
