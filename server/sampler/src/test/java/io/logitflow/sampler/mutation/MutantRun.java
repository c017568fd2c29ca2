package io.logitflow.sampler.mutation;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.sampler.batching.CandidateStream;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.session.ExecutionProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A process that opens one mutant after another and draws from those that it may. Its last lines
 * say what became of each kind, and the most memory that the process held.
 */
final class MutantRun {
  private static final int MUTANTS_OF_EACH = 286;
  private static final long SEED = 20_231_127L;
  private static final int ROWS = 8;

  private final Path mutant;

  private MutantRun(Path mutant) {
    this.mutant = mutant;
  }

  /**
   * Opens all mutants.
   *
   * @param arguments a directory to work in
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    MutantBundle golden = MutantBundle.golden(directory.resolve("golden"));
    MutantBundle loop = MutantBundle.loop(directory.resolve("loop"));
    MutantRun run = new MutantRun(directory.resolve("mutant"));
    Map<Mutation, Map<String, Integer>> outcomes = new EnumMap<>(Mutation.class);
    int number = 0;
    for (Mutation mutation : Mutation.values()) {
      Map<String, Integer> counts = new TreeMap<>();
      for (int i = 0; i < MUTANTS_OF_EACH; i++, number++) {
        boolean loops = mutation == Mutation.HOSTILE_LOOPS || i % 2 == 1;
        MutantBundle bundle = (loops ? loop : golden).copy();
        mutation.apply(bundle, new SplittableRandom(SEED + number));
        bundle.write(run.mutant);
        try {
          counts.merge(run.outcome(), 1, Integer::sum);
        } catch (Throwable e) {
          throw new AssertionError("mutant " + number + ", " + mutation, e);
        }
      }
      outcomes.put(mutation, counts);
    }
    outcomes.forEach((mutation, counts) -> System.out.println(mutation + " " + counts));
    Path status = Path.of("/proc/self/status");
    try (Stream<String> lines = Files.exists(status) ? Files.lines(status) : Stream.of()) {
      lines.filter(line -> line.startsWith("VmHWM")).forEach(System.out::println);
    }
  }

  private String outcome() {
    Bundle bundle;
    try {
      bundle = Bundle.open(mutant);
    } catch (LogitFlowException e) {
      return checked(e, "refused");
    }
    SamplerOptions options = new SamplerOptions(1, ROWS, ROWS, ROWS, ExecutionProvider.CPU);
    Sampler sampler;
    try {
      sampler = Sampler.open(bundle, options);
    } catch (LogitFlowException e) {
      return checked(e, "not loaded");
    }
    float beta = bundle.manifest().getTrainedBeta().getHigh();
    SampleRequest request = SampleRequest.of(new float[] {beta}, ROWS, 0, SEED);
    try (sampler;
        CandidateStream stream = sampler.stream(request)) {
      int rows = 0;
      while (stream.hasNext()) {
        rows += check(bundle, stream.next());
      }
      require(rows == ROWS, rows + " rows");
      return "sampled";
    } catch (LogitFlowException e) {
      return checked(e, "failed");
    }
  }

  private static int check(Bundle bundle, Candidates candidates) {
    ByteBuffer tokens = candidates.tokens();
    for (int i = 0; i < candidates.rowCount(); i++) {
      require(Float.isFinite(candidates.logPf(i)), "log P_F " + candidates.logPf(i));
      require(Float.isFinite(candidates.logPb(i)), "log P_B " + candidates.logPb(i));
      require(Float.isFinite(candidates.logZ(i)), "log Z " + candidates.logZ(i));
      int length = candidates.length(i);
      require(length >= 1 && length <= bundle.rowWidth(), "length " + length);
      // Throws if there is no such token.
      bundle.vocabulary().text(tokens, i * candidates.bytesPerRow(), length);
    }
    return candidates.rowCount();
  }

  /** A refusal is one short line for each fault, without a trace of the code that made it. */
  private static String checked(LogitFlowException refusal, String outcome) {
    String message = String.valueOf(refusal.getMessage());
    require(message.lines().count() <= 64, message.lines().count() + " lines");
    message
        .lines()
        .forEach(
            line -> {
              require(!line.isBlank() && line.length() < 2_000, "the line \"" + line + "\"");
              require(line.chars().noneMatch(Character::isISOControl), "a control in " + line);
              require(!line.startsWith("\tat "), "a trace: " + line);
              require(
                  !(refusal instanceof InvalidInputException)
                      || (line.contains(": found ") && line.contains(", expected ")),
                  "no refusal: " + line);
            });
    return outcome;
  }

  private static void require(boolean holds, String found) {
    if (!holds) {
      throw new AssertionError(found);
    }
  }
}
