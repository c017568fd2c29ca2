package io.logitflow.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.config.ModesConfig;
import io.logitflow.trainer.config.TestSetConfig;
import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.environment.PrependAppend;
import io.logitflow.trainer.reward.TabularFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The small parts of an evaluation: correlations, distances, modes by the rule, test sets. */
class FiguresTest {
  private static final Path TFBIND8 = Path.of("examples/tfbind8");

  @Test
  void correlationsAreByTheBook() {
    double[] x = {1, 2, 3, 4};
    assertThat(Correlation.pearson(x, new double[] {2, 4, 6, 8})).isCloseTo(1, within(1e-12));
    assertThat(Correlation.pearson(x, new double[] {1, 3, 2, 5})).isCloseTo(0.831522, within(1e-6));
    assertThat(Correlation.spearman(x, new double[] {1, 10, 100, -5}))
        .isCloseTo(-0.2, within(1e-12));
    // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4.
    assertThat(Correlation.spearman(new double[] {1, 5, 5, 9}, x))
        .isCloseTo(0.948683, within(1e-6));
  }

  @Test
  void whatDoesNotVaryHasNoCorrelation() {
    double[] same = {3, 3, 3};
    double[] varied = {1, 2, 3};
    assertThat(Correlation.pearson(same, varied)).isNull();
    assertThat(Correlation.spearman(varied, same)).isNull();
    assertThat(Correlation.pearson(new double[] {1}, new double[] {2})).isNull();
    // Ten times 0.1 has a mean that is not 0.1.
    double[] tenths = new double[10];
    Arrays.fill(tenths, 0.1);
    double[] rising = IntStream.range(0, 10).asDoubleStream().toArray();
    assertThat(Correlation.pearson(tenths, rising)).isNull();
    assertThat(Correlation.pearson(rising, tenths)).isNull();
    assertThat(Correlation.pearson(tenths, tenths)).isNull();
    assertThat(Correlation.spearman(tenths, tenths)).isNull();
  }

  @Property(tries = 200, seed = "5")
  void editsAreThoseOfTheRecursiveDefinition(
      @ForAll @Size(max = 6) List<@IntRange(max = 2) Integer> a,
      @ForAll @Size(max = 6) List<@IntRange(max = 2) Integer> b) {
    ObjectDistance distance =
        new ObjectDistance(new Autoregressive(List.of("a", "b", "c"), "", 1, 6));
    assertThat(distance.between(ints(a), ints(b))).isEqualTo(edits(a, b));
  }

  private static int edits(List<Integer> a, List<Integer> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.size() + b.size();
    }
    List<Integer> restA = a.subList(1, a.size());
    List<Integer> restB = b.subList(1, b.size());
    return a.get(0).equals(b.get(0))
        ? edits(restA, restB)
        : 1 + Math.min(edits(restA, restB), Math.min(edits(restA, b), edits(a, restB)));
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void objectsOfOneLengthDifferByPositions() {
    ObjectDistance distance = new ObjectDistance(new PrependAppend(List.of("a", "b"), "", 4));
    // Two edits apart, but four positions.
    assertThat(distance.between(new int[] {0, 1, 0, 1}, new int[] {1, 0, 1, 0})).isEqualTo(4);
    assertThat(distance.between(new int[] {0, 1, 0, 1}, new int[] {0, 1, 0, 1})).isZero();
  }

  /** The example's list of modes was made by the rule, to its 328th. */
  @Test
  void theRuleFindsTheModesOfTfbind8() {
    Environment environment = new PrependAppend(List.of("A", "C", "G", "T"), "", 8);
    List<String> modes = new ArrayList<>();
    TabularFile.read(
        TFBIND8.resolve("modes.csv"),
        List.of("sequence"),
        (subject, fields) -> modes.add(fields.get(0)));
    double[] scores = new double[65_536];
    ObjectText text = new ObjectText(environment);
    TabularFile.read(
        TFBIND8.resolve("tfbind8.csv.gz"),
        List.of("sequence", "score"),
        (subject, fields) -> {
          int[] tokens = text.parse(subject, fields.get(0));
          long[] index = new long[1];
          environment.objectIndices(ObjectRows.batch(List.of(tokens), 8), index);
          scores[(int) index[0]] = Double.parseDouble(fields.get(1));
        });
    double least =
        modes.stream().mapToDouble(mode -> scores[index(environment, mode)]).min().orElseThrow();
    SeparatedObjects separated =
        new SeparatedObjects(new ModesConfig.Hamming(least, 2), environment);

    separated.offer(environment.objects(0, 65_536), scores);

    ObjectBatch kept = separated.kept();
    List<String> found = new ArrayList<>();
    for (int row = 0; row < kept.rows(); row++) {
      found.add(text.format(kept, row));
    }
    assertThat(modes).hasSize(328);
    assertThat(found.subList(0, 328)).containsExactlyInAnyOrderElementsOf(modes);
  }

  @Test
  void tooManyModesByTheRuleAreRefused() {
    Environment environment = new PrependAppend(List.of("A", "C", "G", "T"), "", 4);
    double[] scores = new double[256];
    // All 256 objects are modes: 255 · 256 / 2 comparisons of 4 tokens.
    ModesConfig.Hamming rule = new ModesConfig.Hamming(-0.5, 1);
    SeparatedObjects enough = new SeparatedObjects(rule, environment, 130_560);
    enough.offer(environment.objects(0, 256), scores);
    assertThat(enough.kept().rows()).isEqualTo(256);
    SeparatedObjects few = new SeparatedObjects(rule, environment, 130_559);
    few.offer(environment.objects(0, 256), scores);
    assertThatThrownBy(few::kept)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "evaluation.modes: found 256 objects with a score of at least -0.5, and 255 of the"
                + " first of them modes, expected a least_score that fewer reach, or a larger"
                + " distance");
  }

  private static int index(Environment environment, String text) {
    int[] tokens = new ObjectText(environment).parse("test", text);
    long[] index = new long[1];
    environment.objectIndices(ObjectRows.batch(List.of(tokens), tokens.length), index);
    return (int) index[0];
  }

  @Test
  void uniformTestSetsAreUniformOverObjectsOfAllLengths() {
    Environment environment = new Autoregressive(List.of("a", "b", "c"), "", 1, 8);
    int all = 9_840; // 3 + 9 + … + 3^8.

    ObjectBatch drawn =
        TestSet.of(new TestSetConfig.Uniform(9_600), Path.of(""), environment, new Random(4));

    long[] indices = new long[drawn.rows()];
    environment.objectIndices(drawn, indices);
    // Sixteen parts of 615 objects each.
    double[] counts = new double[16];
    Arrays.stream(indices).forEach(index -> counts[(int) (index * counts.length / all)]++);
    double chiSquare =
        Arrays.stream(counts).map(count -> (count - 600) * (count - 600) / 600).sum();
    // The 0.001 quantile at 15 degrees of freedom.
    assertThat(chiSquare).isLessThan(37.70);
    // Drawn with repetition: about 1 − 1/e of the objects come.
    assertThat(Arrays.stream(indices).distinct().count()).isBetween(5_900L, 6_300L);
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 15, 1000})
  void aUniformTestSetOfAsManyAsThereAreHasEachOnce(int objects) {
    Environment environment = new Autoregressive(List.of("a", "b"), "", 1, 3);

    ObjectBatch taken =
        TestSet.of(new TestSetConfig.Uniform(objects), Path.of(""), environment, new Random(4));

    long[] indices = new long[taken.rows()];
    environment.objectIndices(taken, indices);
    assertThat(indices).containsExactlyInAnyOrder(LongStream.range(0, 14).toArray());
  }

  @Test
  void uniformTestSetsOfHugeEnvironmentsAreDrawn() {
    Environment environment = new Autoregressive(List.of("a", "b", "c", "d"), "", 10, 200);
    ObjectBatch drawn =
        TestSet.of(new TestSetConfig.Uniform(2000), Path.of(""), environment, new Random(4));
    assertThat(environment.objectCount()).isEmpty();
    // Three in four have the full length.
    long longest = Arrays.stream(drawn.lengths()).filter(length -> length == 200).count();
    assertThat(longest).isBetween(1420L, 1580L);
  }

  @Test
  void faultsOfATestSetNameTheLine(@TempDir Path folder) throws Exception {
    Environment environment = new PrependAppend(List.of("A", "C"), "", 3);
    Path file = Files.writeString(folder.resolve("test.csv"), "x,sequence\n1,ACA\n2,AGA\n");
    assertThat(fault(file, environment))
        .isEqualTo(file + ":3: found token \"G\" in \"AGA\", expected tokens among A, C");
    Files.writeString(file, "sequence\n");
    assertThat(fault(file, environment))
        .isEqualTo(file + ": found no rows, expected at least one object");
  }

  @Test
  void aModeIsListedOnce(@TempDir Path folder) throws Exception {
    Environment environment = new PrependAppend(List.of("A", "C"), "", 3);
    Path file = Files.writeString(folder.resolve("modes.csv"), "m\nACA\nCCC\nACA\n");
    assertThatThrownBy(
            () -> Modes.read(new ModesConfig.Listed(file, "m"), Path.of("elsewhere"), environment))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ":4: found \"ACA\" for the second time, expected each mode once");
  }

  private static String fault(Path file, Environment environment) {
    return String.valueOf(
        catchThrowableOfType(
                InvalidInputException.class,
                () ->
                    TestSet.of(
                        new TestSetConfig.Table(file, "sequence"),
                        Path.of("elsewhere"),
                        environment,
                        new Random(1)))
            .getMessage());
  }
}
