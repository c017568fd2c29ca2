package io.logitflow.trainer.command;

import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.evaluation.EvaluationObserver;
import io.logitflow.trainer.report.RunSummary.Enumeration;
import io.logitflow.trainer.report.RunSummary.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Keeps what an evaluation draws, up to a number of objects for each β, for the run's page. */
final class SampledEvidence implements EvaluationObserver {
  private static final int MOST_OBJECTS = 100_000;

  private final Map<Float, List<Samples>> drawn = new LinkedHashMap<>();
  private @Nullable Enumeration enumeration;

  @Override
  public void enumerated(double[] scores, double[] logRewards) {
    enumeration = new Enumeration(scores, logRewards);
  }

  @Override
  public void drawn(float beta, ObjectBatch objects, double[] scores) {
    List<Samples> parts = drawn.computeIfAbsent(beta, unseen -> new ArrayList<>());
    if (parts.stream().mapToInt(part -> part.objects().rows()).sum() < MOST_OBJECTS) {
      parts.add(new Samples(beta, objects, scores));
    }
  }

  /** Returns every object there is, or null where there are too many. */
  @Nullable Enumeration enumeration() {
    return enumeration;
  }

  /** Returns the objects drawn at each β. */
  List<Samples> samples() {
    return drawn.values().stream().map(SampledEvidence::joined).toList();
  }

  private static Samples joined(List<Samples> parts) {
    int width = parts.get(0).objects().width();
    int[] tokens =
        parts.stream().flatMapToInt(part -> Arrays.stream(part.objects().tokens())).toArray();
    int[] lengths =
        parts.stream().flatMapToInt(part -> IntStream.of(part.objects().lengths())).toArray();
    double[] scores =
        parts.stream().flatMapToDouble(part -> Arrays.stream(part.scores())).toArray();
    return new Samples(
        parts.get(0).beta(), new ObjectBatch(lengths.length, width, tokens, lengths), scores);
  }
}
