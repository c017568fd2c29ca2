package io.logitflow.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.grpc.StatusRuntimeException;
import io.logitflow.v1.AllowedAtStep;
import io.logitflow.v1.CandidateChunk;
import io.logitflow.v1.Column;
import io.logitflow.v1.Constraint;
import io.logitflow.v1.ConstraintKind;
import io.logitflow.v1.DecodingDescription;
import io.logitflow.v1.DescribeModelRequest;
import io.logitflow.v1.SampleRequest;
import io.logitflow.v1.SampleResponse;
import io.logitflow.v1.SampleSummary;
import io.logitflow.v1.SampleSummary.StopReason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Greedy, truncated, constrained and unique candidates over a real connection. */
@Timeout(60)
final class DecodingServiceTest {
  private final Rig rig;

  DecodingServiceTest(@TempDir Path directory) {
    rig = Rig.start(directory, 2, 32);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void describesWhatTheModelSupports() {
    DecodingDescription decoding =
        rig.stub().describeModel(DescribeModelRequest.getDefaultInstance()).getDecoding();
    assertThat(decoding.getConstraintsList())
        .extracting(supported -> supported.getKind() + " " + supported.getCutsTrajectories())
        .containsExactly("FORBIDDEN_TOKENS false", "ALLOWED_AT_STEP true");
    assertThat(decoding.getActionTokensList()).containsExactly(0, 1, 2, 3, 0, 1, 2, 3);
    assertThat(decoding.getMinimumLength()).isEqualTo(3);
    assertThat(decoding.getConstraints(0).getKind()).isEqualTo(ConstraintKind.FORBIDDEN_TOKENS);
  }

  @Test
  void greedyGivesOneObjectAtEachBeta() {
    Rig.Answer answer = Rig.read(rig.stub().sample(Rig.request(2, 40, 3).setGreedy(true).build()));
    assertThat(objects(answer)).hasSize(1);
    assertThat(answer.rows()).isEqualTo(40);
  }

  @Test
  void aConstrainedCandidateHasBothLogProbabilities() {
    Constraint noG = Constraint.newBuilder().addForbiddenTokens("G").build();
    Rig.Answer answer =
        Rig.read(rig.stub().sample(Rig.request(2, 200, 3).setConstraint(noG).build()));
    for (CandidateChunk chunk : answer.chunks()) {
      for (int i = 0; i < chunk.getRowCount(); i++) {
        assertThat(chunk.getTokens().substring(3 * i, 3 * i + 3).toByteArray()).doesNotContain(2);
        // What G would have had is shared out among the others.
        assertThat(chunk.getLogPfDrawn(i)).isGreaterThan(chunk.getLogPf(i));
        assertThat(chunk.getImpliedLogReward(i))
            .isCloseTo(
                (chunk.getLogZ(i) + chunk.getLogPf(i) - chunk.getLogPb(i)) / 2, within(1e-4f));
      }
    }
  }

  @Test
  void aSmallTopPDrawsFewerObjects() {
    Rig.Answer all = Rig.read(rig.stub().sample(Rig.request(2, 500, 3).build()));
    Rig.Answer few = Rig.read(rig.stub().sample(Rig.request(2, 500, 3).setTopP(0.5f).build()));
    assertThat(objects(few).size()).isLessThan(objects(all).size());
    assertThat(objects(few).size()).isGreaterThan(1);
  }

  @Test
  void uniqueObjectsComeOnceUntilThereAreEnough() throws Exception {
    SampleRequest.Builder request = Rig.request(2, 100_000, 3);
    Unique unique = unique(request.setUniqueCount(40).build());
    assertThat(unique.objects()).hasSize(40).doesNotHaveDuplicates();
    assertThat(unique.summary())
        .isEqualTo(
            SampleSummary.newBuilder()
                .setDraws(unique.rows().get(39) + 1)
                .setUnique(40)
                .setStopReason(StopReason.ENOUGH)
                .build());
    assertThat(unique.rows()).isSorted().doesNotHaveDuplicates();

    Rig.Answer plain = Rig.read(rig.stub().sample(Rig.request(2, 5_000, 3).build()));
    assertThat(new ArrayList<>(objects(plain)).subList(0, 40)).isEqualTo(unique.objects());

    // The rows that nobody wants are dropped.
    while (rig.server().sampler().outstandingRows() > 0) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  void uniqueObjectsEndWithTheBudget() {
    Constraint noG = Constraint.newBuilder().addForbiddenTokens("G").build();
    // 3^3 objects are left.
    Unique unique = unique(Rig.request(2, 3_000, 3).setConstraint(noG).setUniqueCount(28).build());
    assertThat(unique.objects()).hasSizeLessThanOrEqualTo(27).doesNotHaveDuplicates();
    assertThat(unique.summary())
        .isEqualTo(
            SampleSummary.newBuilder()
                .setDraws(3_000)
                .setUnique(unique.objects().size())
                .setStopReason(StopReason.BUDGET)
                .build());
  }

  @Test
  void refusesInOneMessage() {
    SampleRequest request =
        SampleRequest.newBuilder()
            .addBeta(1)
            .addBeta(2)
            .setCount(10)
            .setGreedy(true)
            .setTopP(0.5f)
            .setUniqueCount(11)
            .addColumns(Column.LOG_PF_DRAWN)
            .setConstraint(
                Constraint.newBuilder()
                    .addPrefix("A")
                    .addAllowedAtStep(AllowedAtStep.newBuilder().setStep(3).addTokens("Z")))
            .build();
    assertThatThrownBy(() -> Rig.read(rig.stub().sample(request)))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage(
            """
            INVALID_ARGUMENT: unique_count: found 11, expected 1 to count, 10
            beta: found 2 values, expected one, since unique_count is set
            top_p: found 0.5, expected nothing, since greedy is set
            constraint.prefix: found 1 tokens, expected nothing, since this model supports \
            forbidden_tokens, allowed_at_step
            constraint.allowed_at_step[0].tokens[0]: found "Z", expected the name of one of the \
            model's tokens
            constraint.allowed_at_step[0].step: found 3, expected 0 to 2""");
  }

  @Test
  void namesTenFaultsAndCountsTheOthers() {
    Constraint constraint =
        Constraint.newBuilder()
            .addAllForbiddenTokens(Collections.nCopies(500, "x\n" + "y".repeat(60)))
            .build();
    String line =
        "constraint.forbidden_tokens[%d]: found \"x?"
            + "y".repeat(38)
            + "...\", expected the name"
            + " of one of the model's tokens\n";
    assertThatThrownBy(
            () ->
                Rig.read(rig.stub().sample(Rig.request(1, 1, 1).setConstraint(constraint).build())))
        .hasMessage(
            "INVALID_ARGUMENT: "
                + IntStream.range(0, 10).mapToObj(line::formatted).collect(Collectors.joining())
                + "constraint: found 490 further faults, expected none");
  }

  private Unique unique(SampleRequest request) {
    Iterator<SampleResponse> responses = rig.stub().sample(request);
    assertThat(responses.next().hasHeader()).isTrue();
    List<String> objects = new ArrayList<>();
    List<Long> rows = new ArrayList<>();
    while (true) {
      SampleResponse response = responses.next();
      if (response.hasSummary()) {
        assertThat(responses.hasNext()).isFalse();
        return new Unique(objects, rows, response.getSummary());
      }
      CandidateChunk chunk = response.getChunk();
      assertThat(chunk.getFirstRow()).isEqualTo(chunk.getRows(0));
      assertThat(chunk.getLogPfCount()).isEqualTo(chunk.getRowCount());
      rows.addAll(chunk.getRowsList());
      for (int i = 0; i < chunk.getRowCount(); i++) {
        objects.add(object(chunk, i));
      }
    }
  }

  private static Set<String> objects(Rig.Answer answer) {
    Set<String> objects = new LinkedHashSet<>();
    for (CandidateChunk chunk : answer.chunks()) {
      for (int i = 0; i < chunk.getRowCount(); i++) {
        objects.add(object(chunk, i));
      }
    }
    return objects;
  }

  private static String object(CandidateChunk chunk, int i) {
    StringBuilder object = new StringBuilder();
    for (int position = 0; position < 3; position++) {
      object.append("ACGT".charAt(chunk.getTokens().byteAt(3 * i + position)));
    }
    return object.toString();
  }

  private record Unique(List<String> objects, List<Long> rows, SampleSummary summary) {}
}
