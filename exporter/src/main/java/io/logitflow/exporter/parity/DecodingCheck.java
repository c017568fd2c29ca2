package io.logitflow.exporter.parity;

import io.logitflow.sampler.batching.CandidateStream;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.Constraint;
import io.logitflow.sampler.sampling.Decoding;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.session.ExecutionProvider;
import java.util.ArrayList;
import java.util.List;

/** Whether a bundle's decoding graph draws what its rollout does when all actions are allowed. */
public final class DecodingCheck {
  private DecodingCheck() {}

  /**
   * Samples from both and compares.
   *
   * @param sampler the sampler of a bundle with a decoding graph
   * @param request without a decoding
   * @return what came out
   */
  public static DecodingReport run(Sampler sampler, SampleRequest request) {
    List<Row> plain = rows(sampler, request);
    List<Row> decoded =
        rows(sampler, request.withDecoding(Decoding.topP(sampler.bundle(), 1, Constraint.NONE)));
    ExecutionProvider provider = sampler.options().provider();
    int steps = sampler.bundle().steps();
    String precision = sampler.bundle().manifest().getPrecision().getKind();
    Tolerance forward = Tolerance.ofLogForward(precision, provider, steps);
    Tolerance others = Tolerance.of(provider, steps);
    long differing = 0;
    for (int row = 0; row < plain.size(); row++) {
      differing += plain.get(row).agrees(decoded.get(row), forward, others) ? 0 : 1;
    }
    return new DecodingReport(plain.size(), differing);
  }

  private static List<Row> rows(Sampler sampler, SampleRequest request) {
    List<Row> rows = new ArrayList<>();
    try (CandidateStream stream = sampler.stream(request)) {
      while (stream.hasNext()) {
        Candidates candidates = stream.next();
        for (int i = 0; i < candidates.rowCount(); i++) {
          int offset = i * candidates.bytesPerRow();
          rows.add(
              new Row(
                  sampler
                      .bundle()
                      .vocabulary()
                      .text(candidates.tokens(), offset, candidates.length(i)),
                  candidates.logPf(i),
                  candidates.logPfDrawn(i),
                  candidates.logPb(i),
                  candidates.logZ(i)));
        }
      }
    }
    return rows;
  }

  private record Row(String object, float logPf, float logPfDrawn, float logPb, float logZ) {
    boolean agrees(Row other, Tolerance forward, Tolerance others) {
      return object.equals(other.object)
          && forward.holds(logPf, other.logPf)
          && forward.holds(logPfDrawn, other.logPfDrawn)
          && others.holds(logPb, other.logPb)
          && others.holds(logZ, other.logZ);
    }
  }
}
