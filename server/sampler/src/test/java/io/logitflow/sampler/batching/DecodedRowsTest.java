package io.logitflow.sampler.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.RowBytes;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.Constraint;
import io.logitflow.sampler.sampling.Decoding;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.v1.ConstraintKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows whose request has a say in their actions; what they are drawn from is tested elsewhere. */
final class DecodedRowsTest {
  private static final float[] BETAS = {0.5f, 2, 3};

  private final Path directory;

  DecodedRowsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void giveTheSameBytesInEveryBatching(int seed) throws Exception {
    Bundle bundle = GoldenBundle.open(directory);
    List<SampleRequest> requests = requests(bundle);
    List<byte[]> references = new ArrayList<>();
    try (Sampler sampler = Sampler.open(bundle, options(1, 256))) {
      for (SampleRequest request : requests) {
        references.add(RowBytes.of(sampler, request));
      }
    }
    assertThat(references).doesNotHaveDuplicates();
    Random random = new Random(seed);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (Sampler sampler =
        Sampler.open(bundle, options(1 + random.nextInt(3), 1 + random.nextInt(300)))) {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < 3 * requests.size(); i++) {
        order.add(i % requests.size());
      }
      Collections.shuffle(order, random);
      List<Future<byte[]>> answers = new ArrayList<>();
      for (int index : order) {
        answers.add(pool.submit(() -> RowBytes.of(sampler, requests.get(index))));
      }
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).isEqualTo(references.get(order.get(i)));
      }
      assertThat(sampler.outstandingRows()).isZero();
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void aShardHasTheRowsOfTheWhole() {
    Bundle bundle = GoldenBundle.open(directory);
    Decoding decoding = Decoding.topP(bundle, 0.8f, Constraint.NONE.forbidding("T"));
    try (Sampler sampler = Sampler.open(bundle, options(2, 32))) {
      byte[] whole = RowBytes.of(sampler, request(0, 500).withDecoding(decoding));
      ByteArrayOutputStream shards = new ByteArrayOutputStream();
      shards.writeBytes(RowBytes.of(sampler, request(0, 123).withDecoding(decoding)));
      shards.writeBytes(RowBytes.of(sampler, request(123, 377).withDecoding(decoding)));
      assertThat(shards.toByteArray()).isEqualTo(whole);
    }
  }

  @Test
  void theGraphIsLoadedByTheFirstRequestThatNeedsIt() throws IOException {
    Bundle bundle = Bundle.open(GoldenBundle.copyTo(directory));
    // Whoever opened the bundle has read it all; the first request that needs it does again.
    Files.writeString(directory.resolve(BundleFormat.DECODING_FILE), "no graph");
    try (Sampler sampler = Sampler.open(bundle, options(1, 32))) {
      assertThat(RowBytes.of(sampler, request(0, 10))).isNotEmpty();
      Decoding greedy = Decoding.greedy(bundle, Constraint.NONE);
      assertThatThrownBy(() -> RowBytes.of(sampler, request(0, 10).withDecoding(greedy)))
          .hasMessageStartingWith(
              "the decoding graph cannot be loaded: "
                  + directory.resolve(BundleFormat.DECODING_FILE)
                  + ": found ")
          .asInstanceOf(type(LogitFlowException.class))
          .extracting(LogitFlowException::category)
          .isEqualTo(Category.FAILED);
      assertThat(RowBytes.of(sampler, request(0, 10))).isNotEmpty();
    }
  }

  @Test
  void aStateThatAConstraintLeavesWithoutAnActionIsReported() {
    GoldenBundle.copyTo(directory);
    // As if prepending filled another position than appending: the root cannot prepend.
    GoldenBundle.rewrite(
        directory,
        manifest -> {
          for (int action = 0; action < 8; action++) {
            manifest.getDecodingBuilder().addActionPositions(action / 4);
          }
          manifest
              .getDecodingBuilder()
              .addConstraintsBuilder()
              .setKind(ConstraintKind.ALLOWED_AT_POSITION);
          return manifest;
        });
    Bundle bundle = Bundle.open(directory);
    Constraint constraint = Constraint.NONE.allowingAtStep(0, "A").allowingAtPosition(0, "C");
    try (Sampler sampler = Sampler.open(bundle, options(1, 32))) {
      SampleRequest request = request(7, 10).withDecoding(Decoding.topP(bundle, 1, constraint));
      assertThatThrownBy(() -> RowBytes.of(sampler, request))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "constraint: found a state in which no allowed action is valid, met by row 7,"
                  + " expected one that leaves every state an action");
    }
  }

  @Test
  void refusesAPrefixThatTheRestOfTheConstraintForbids() {
    GoldenBundle.copyTo(directory);
    GoldenBundle.rewrite(
        directory,
        manifest -> {
          for (int action = 0; action < 8; action++) {
            manifest.getDecodingBuilder().addActionPositions(action / 4);
          }
          for (ConstraintKind kind :
              List.of(ConstraintKind.ALLOWED_AT_POSITION, ConstraintKind.PREFIX)) {
            manifest.getDecodingBuilder().addConstraintsBuilder().setKind(kind);
          }
          return manifest;
        });
    Bundle bundle = Bundle.open(directory);
    Constraint prefixA = Constraint.NONE.withPrefix("A");
    for (Constraint constraint :
        List.of(prefixA.allowingAtPosition(0, "C"), prefixA.forbidding("A"))) {
      assertThatThrownBy(() -> Decoding.topP(bundle, 1, constraint))
          .isInstanceOf(InvalidInputException.class)
          .message()
          .startsWith(
              "constraint.prefix[0]: found A, expected a token that the rest of the constraint"
                  + " allows at position 0");
    }
    assertThat(Decoding.topP(bundle, 1, prefixA.allowingAtPosition(0, "A", "C"))).isNotNull();
  }

  @Test
  void aModelWithoutTheGraphSaysSo() {
    Bundle bundle = Bundle.open(GoldenBundle.copyVersionTo(2, directory));
    assertThatThrownBy(() -> Decoding.greedy(bundle, Constraint.NONE))
        .hasMessage(
            "greedy: found true, expected nothing, since the model's bundle has no graph of role"
                + " DECODING");
    assertThatThrownBy(() -> Decoding.topP(bundle, 0.5f, Constraint.NONE))
        .hasMessage(
            "top_p: found 0.5, expected nothing, since the model's bundle has no graph of role"
                + " DECODING");
    assertThatThrownBy(() -> Decoding.topP(bundle, 1, Constraint.NONE.forbidding("A")))
        .hasMessage(
            "constraint: found one, expected nothing, since the model's bundle has no graph of"
                + " role DECODING");
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -1, 1.001f, Float.NaN, Float.POSITIVE_INFINITY})
  void refusesWhatIsNoProbability(float topP) {
    Bundle bundle = GoldenBundle.open(directory);
    assertThatThrownBy(() -> Decoding.topP(bundle, topP, Constraint.NONE))
        .hasMessage("top_p: found " + topP + ", expected a number above 0, at most 1");
  }

  @Test
  void refusesADecodingOfAnotherModel() {
    Bundle bundle = GoldenBundle.open(directory);
    Decoding other = Decoding.greedy(Bundle.open(directory), Constraint.NONE);
    try (Sampler sampler = Sampler.open(bundle, options(1, 32))) {
      assertThatThrownBy(() -> sampler.stream(request(0, 1).withDecoding(other)))
          .hasMessage("a decoding that was read for another bundle");
    }
  }

  @Test
  void withoutASayBothLogProbabilitiesAreTheSame() {
    Bundle bundle = GoldenBundle.open(directory);
    try (Sampler sampler = Sampler.open(bundle, options(1, 32));
        CandidateStream stream = sampler.stream(request(0, 10))) {
      Candidates candidates = stream.next();
      for (int i = 0; i < candidates.rowCount(); i++) {
        assertThat(candidates.logPfDrawn(i)).isEqualTo(candidates.logPf(i));
      }
    }
  }

  private static List<SampleRequest> requests(Bundle bundle) {
    Constraint none = Constraint.NONE;
    SampleRequest plain = SampleRequest.of(BETAS, 150, 3, 5);
    return List.of(
        plain,
        plain.withDecoding(Decoding.greedy(bundle, none.allowingAtStep(1, "A", "T"))),
        plain.withDecoding(Decoding.topP(bundle, 0.7f, none)),
        plain.withDecoding(Decoding.topP(bundle, 1, none.forbidding("C"))),
        plain.withDecoding(Decoding.topP(bundle, 0.4f, none.allowingAtStep(2, "G", "T", "C"))));
  }

  private static SampleRequest request(long firstRow, long count) {
    return SampleRequest.of(new float[] {2}, count, firstRow, 9);
  }

  private static SamplerOptions options(int workers, int tileRows) {
    return new SamplerOptions(workers, tileRows, 1_000_000, 1_000_000, ExecutionProvider.CPU);
  }
}
