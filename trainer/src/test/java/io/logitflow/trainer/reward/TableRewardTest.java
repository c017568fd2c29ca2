package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.PrependAppend;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableRewardTest {
  private static final Environment PAIRS = new PrependAppend(List.of("A", "C"), "", 2);
  private static final String TABLE = "object,score\nAA,1\nAC,-2.5e-3\nCC,0\nCA,7\n";

  private Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile(@TempDir Path empty) {
    directory = empty;
    file = directory.resolve("scores.csv");
  }

  @Test
  void scoresAreLookedUp() {
    write(TABLE);

    double[] scores = read(PAIRS).scores(pairs(1, 0, 0, 1, 0, 0, 1, 1));

    assertThat(scores).containsExactly(7, -0.0025, 1, 0);
  }

  @Test
  void columnsAreFoundByTheirHeaders() {
    write("\uFEFF\"note\",score,object\r\n\"a,\nb\",1,AA\r\n,2,AC\r\n,3,CA\r\n,4,CC\r\n");

    assertThat(read(PAIRS).scores(pairs(0, 0, 0, 1, 1, 0, 1, 1))).containsExactly(1, 2, 3, 4);
  }

  @Test
  void aCompressedTableReadsTheSame() throws IOException, GeneralSecurityException {
    write(TABLE);
    Reward plain = read(PAIRS);
    file = directory.resolve("scores.csv.gz");
    compress(TABLE);

    Reward compressed = Rewards.create(config("scores.csv.gz"), directory, PAIRS);

    ObjectBatch all = pairs(0, 0, 0, 1, 1, 0, 1, 1);
    assertThat(compressed.scores(all)).isEqualTo(plain.scores(all));
    assertThat(compressed.fingerprint()).isEqualTo(sha256(Files.readAllBytes(file)));
    assertThat(plain.fingerprint()).isEqualTo(sha256(TABLE.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void objectsTooManyForAnArrayAreLookedUpInAMap() {
    // 5000² objects pass 2^24; the table covers three of them.
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      tokens.add("t" + i);
    }
    write("object,score\nt0-t0,1\nt0-t1,2\nt4999-t4999,3\nt0-t0,4\n");
    Environment large = new PrependAppend(tokens, "-", 2);
    assertThat(faults(large))
        .containsExactly(
            file + ":5: found \"t0-t0\" for the second time, expected each object once");

    write("object,score\nt0-t0,1\nt0-t1,2\nt4999-t4999,3\n");
    assertThat(faults(large))
        .containsExactly(
            file
                + ": found no row for 24999997 of 25000000 objects, such as \"t0-t2\", expected a row"
                + " for every object of the environment");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AA,NaN | :6: found score \"NaN\", expected a finite number",
        "AA,Infinity | :6: found score \"Infinity\", expected a finite number",
        "AA,1e999 | :6: found score \"1e999\", expected a finite number",
        "AA,high | :6: found score \"high\", expected a finite number",
        "'AA,' | :6: found score \"\", expected a finite number",
        "CA,1 | :6: found \"CA\" for the second time, expected each object once",
        "AX,1 | :6: found token \"X\" in \"AX\", expected tokens among A, C",
        "A,1 | :6: found \"A\" of 1 token, expected 2 tokens",
        "AAA,1 | :6: found \"AAA\" of 3 tokens, expected 2 tokens",
        "AA | :6: found 1 field, expected 2 fields as in line 1",
        // A decimal comma must not pass for a score of 0.
        "'AA,0,5' | :6: found 3 fields, expected 2 fields as in line 1",
      })
  void aRowAtFaultIsNamedByItsLine(String row, String fault) {
    write(TABLE + row + "\n");

    assertThat(faults(PAIRS)).containsExactly(file + fault);
  }

  @Test
  void theFirstTenFaultsAreReportedAndTheOthersCounted() {
    StringBuilder table = new StringBuilder(TABLE);
    for (int i = 0; i < 13; i++) {
      table.append("AA,x").append(i).append('\n');
    }
    write(table.toString());

    List<String> faults = faults(PAIRS);

    assertThat(faults).hasSize(11);
    assertThat(faults.get(9)).isEqualTo(file + ":15: found score \"x9\", expected a finite number");
    assertThat(faults.get(10))
        .isEqualTo(file + ": found 3 further faults, expected rows like these");
  }

  @Test
  void objectsWithoutARowAreCounted() {
    write("object,score\nAA,1\nCC,2\n");

    assertThat(faults(PAIRS))
        .containsExactly(
            file
                + ": found no row for 2 of 4 objects, such as \"AC\", expected a row for every object"
                + " of the environment");
  }

  @Test
  void filesThatAreNoTableAreOneLine() {
    assertThat(faults(PAIRS)).containsExactly(file + ": found no such file, expected a CSV file");
    write("");
    assertThat(faults(PAIRS))
        .containsExactly(file + ": found an empty file, expected a header and rows");
    write("objekt,score,score\nAA,1,2\n");
    assertThat(faults(PAIRS))
        .containsExactly(
            file + ":1: found columns \"objekt, score, score\", expected one column \"object\"",
            file + ":1: found columns \"objekt, score, score\", expected one column \"score\"");
    file = directory;
    assertThat(faults(PAIRS)).containsExactly(file + ": found a directory, expected a CSV file");
  }

  @Test
  void damagedCompressionIsOneLine() throws IOException {
    file = directory.resolve("scores.csv.gz");
    write(TABLE);
    assertThat(faults(PAIRS))
        .containsExactly(
            file + ": found damaged compression (Not in GZIP format), expected a whole gzip file");
    compress(TABLE.repeat(1_000));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThat(faults(PAIRS))
        .containsExactly(
            file
                + ": found damaged compression (Unexpected end of ZLIB input stream), expected a"
                + " whole gzip file");
  }

  @Test
  void anUnclosedQuoteIsOneLine() {
    write("object,score\n\"AA,1\nAC,2\n");

    assertThat(faults(PAIRS))
        .singleElement()
        .asString()
        .startsWith(file + ": found text that is no CSV (")
        .endsWith("), expected a CSV file")
        .doesNotContain("\n");
  }

  @Test
  void anEnvironmentThatNoTableCoversIsRefused() {
    write("object,score\n");

    assertThat(faults(new PrependAppend(List.of("A", "C"), "", 63)))
        .containsExactly(
            file
                + ": found a table for an environment of more than 268435456 objects,"
                + " expected an environment small enough that a table covers it");
  }

  @Test
  void theWholeLandscapeOfTfBind8IsRead() throws IOException {
    Path landscape = Path.of("../../shared/data/tfbind8.csv");
    assumeThat(landscape).as("shared data").exists();
    Environment dna = new PrependAppend(List.of("A", "C", "G", "T"), "", 8);

    Reward reward =
        TableReward.read(landscape, new RewardConfig.Table(landscape, "sequence", "score"), dna);

    double[] scores = reward.scores(dna.objects(dna.states(8, 0, 65_536)));
    assertThat(Arrays.stream(scores).average().orElseThrow()).isEqualTo(0.46377, within(5e-6));
    assertThat(scores[2]).isEqualTo(0.446759164);
    assertThat(reward.fingerprint()).hasSize(64);
  }

  private Reward read(Environment environment) {
    return TableReward.read(file, config(file.toString()), environment);
  }

  private List<String> faults(Environment environment) {
    InvalidInputException refusal =
        catchThrowableOfType(InvalidInputException.class, () -> read(environment));
    return refusal.problems().stream().map(Problem::toString).toList();
  }

  private static RewardConfig.Table config(String name) {
    return new RewardConfig.Table(Path.of(name), "object", "score");
  }

  private static ObjectBatch pairs(int... tokens) {
    int[] lengths = new int[tokens.length / 2];
    Arrays.fill(lengths, 2);
    return new ObjectBatch(lengths.length, 2, tokens, lengths);
  }

  private void write(String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void compress(String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String sha256(byte[] bytes) throws GeneralSecurityException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
