package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.contract.Sha256;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.PrependAppend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetTableTest {
  private static final Environment PAIRS = new PrependAppend(List.of("A", "C"), "", 2);
  private static final List<String> COLUMNS = List.of("object", "score");

  private Path file;

  @BeforeEach
  void nameTheFile(@TempDir Path empty) {
    file = empty.resolve("scores.parquet");
  }

  @Test
  void aTableOfAnotherWriterIsLookedUp() throws IOException {
    Files.write(file, RewardFixture.bytes("pairs.parquet"));

    try (Reward reward = read()) {
      assertThat(reward.scores(PAIRS.objects(0, 4))).containsExactly(1, -0.0025f, 7, 0.1f);
      assertThat(reward.fingerprint()).isEqualTo(Sha256.of(Files.readAllBytes(file)));
      assertThat(reward.metered()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"DOUBLE", "FLOAT", "INTEGER", "BIGINT", "TINYINT", "DECIMAL(9, 3)", "HUGEINT"})
  void everyNumberIsAScore(String type) {
    write("SELECT o AS object, s::" + type + " AS score FROM " + rows("AA,1 AC,2 CA,3 CC,4"));

    assertThat(read().scores(PAIRS.objects(0, 4))).containsExactly(1, 2, 3, 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"uncompressed", "snappy", "gzip", "zstd", "lz4_raw", "brotli"})
  void everyCompressionReads(String codec) {
    write(
        "SELECT o::BLOB AS object, s AS score FROM " + rows("CC,4 AA,1 AC,2 CA,3"),
        ", COMPRESSION " + codec);

    assertThat(read().scores(PAIRS.objects(0, 4))).containsExactly(1, 2, 3, 4);
  }

  @Test
  void rowsComeInOrderWithTheWantedColumnsOnly() {
    write("SELECT i AS \"a \"\"b\", i * 0.5 AS score, 'x' || i AS object FROM range(300000) t(i)");
    List<String> read = new ArrayList<>();

    TabularFile.read(
        file,
        List.of("object", "a \"b"),
        (subject, fields) -> {
          if (read.size() < 3 || subject.endsWith(":300000")) {
            read.add(subject + " " + fields);
          }
        });

    assertThat(read)
        .containsExactly(
            file + ":1 [x0, 0]",
            file + ":2 [x1, 1]",
            file + ":3 [x2, 2]",
            file + ":300000 [x299999, 299999]");
  }

  @Test
  void aNameIsNoPattern() throws IOException {
    file = file.resolveSibling("s[1]*?.parquet");
    Files.write(file, RewardFixture.bytes("pairs.parquet"));
    Files.write(file.resolveSibling("s1.parquet"), "no Parquet".getBytes(StandardCharsets.UTF_8));

    assertThat(read().scores(PAIRS.objects(0, 1))).containsExactly(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "('AA', 'NaN'::DOUBLE) | :5: found score \"NaN\", expected a finite number",
        "('AA', 'inf'::DOUBLE) | :5: found score \"Infinity\", expected a finite number",
        "('AA', NULL) | :5: found nothing in column \"score\", expected a value",
        "(NULL, 1.0) | :5: found nothing in column \"object\", expected a value",
        "('CA', 1.0) | :5: found \"CA\" for the second time, expected each object once",
        "('AX', 1.0) | :5: found token \"X\" in \"AX\", expected tokens among A, C",
        "('A', 1.0) | :5: found \"A\" of 1 token, expected 2 tokens",
      })
  void aRowAtFaultIsNamedByItsNumber(String row, String fault) {
    write(
        "SELECT o AS object, s AS score FROM (VALUES ('AA', 1.0::DOUBLE), ('AC', 2), ('CA', 3),"
            + " ('CC', 4), "
            + row
            + ") t(o, s)");

    assertThat(faults()).containsExactly(file + fault);
  }

  @Test
  void aColumnOfTextIsNoScore() {
    write("SELECT 'AA' AS object, [1, 2] AS score FROM range(13)");

    assertThat(faults())
        .hasSize(11)
        .startsWith(file + ":1: found score \"[1, 2]\", expected a finite number")
        .endsWith(file + ": found 3 further faults, expected rows like these");
  }

  @Test
  void filesThatAreNoTableAreOneLine() throws IOException {
    assertThat(faults()).containsExactly(file + ": found no such file, expected a Parquet file");

    write("SELECT 'AA' AS objekt, 1 AS score");
    assertThat(faults())
        .containsExactly(
            file + ": found columns \"objekt, score\", expected one column \"object\"");

    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThat(faults())
        .singleElement()
        .asString()
        .startsWith(file + ": found what cannot be read (")
        .endsWith("), expected a Parquet file")
        .doesNotContain("\n");

    Files.delete(file);
    Files.createDirectory(file);
    assertThat(faults()).containsExactly(file + ": found a directory, expected a Parquet file");
  }

  private Reward read() {
    RewardConfig.Table config = new RewardConfig.Table(file, COLUMNS.get(0), COLUMNS.get(1));
    return Rewards.create(config, Path.of(""), PAIRS);
  }

  private List<String> faults() {
    InvalidInputException refusal = catchThrowableOfType(InvalidInputException.class, this::read);
    return refusal.problems().stream().map(Problem::toString).toList();
  }

  private static String rows(String pairs) {
    List<String> values = new ArrayList<>();
    for (String pair : pairs.split(" ", -1)) {
      values.add("('" + pair.replace(",", "', ") + ")");
    }
    return "(VALUES " + String.join(", ", values) + ") t(o, s)";
  }

  private void write(String query) {
    write(query, "");
  }

  private void write(String query, String options) {
    try (Connection database = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = database.createStatement()) {
      statement.execute("COPY (" + query + ") TO '" + file + "' (FORMAT parquet" + options + ")");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
