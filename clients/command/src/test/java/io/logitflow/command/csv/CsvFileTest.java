package io.logitflow.command.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvFileTest {
  private static final byte[] TEXT =
      "\uFEFFobject,score\n\"A\nC\",1\nG,2\n".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path directory;

  @Test
  void readsLinesAfterAByteOrderMark() throws IOException {
    assertThat(objects(Files.write(directory.resolve("a.csv"), TEXT))).containsExactly("A\nC", "G");
  }

  @Test
  void readsWhatIsGzippedAndRefusesHalfOfIt() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream stream = new GZIPOutputStream(packed)) {
      stream.write(TEXT);
    }
    byte[] bytes = packed.toByteArray();
    assertThat(objects(Files.write(directory.resolve("a.csv.gz"), bytes)))
        .containsExactly("A\nC", "G");

    Path half = directory.resolve("half.csv.gz");
    Files.write(half, Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> objects(half))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(half + ": found damaged compression (")
        .hasMessageEndingWith("), expected a whole gzip file");
  }

  @Test
  void namesTheLineThatARecordBeginsIn() throws IOException {
    CsvFile csv = CsvFile.of(Files.write(directory.resolve("a.csv"), TEXT));
    List<String> places = new ArrayList<>();
    csv.forEach(line -> places.add(csv.fault(line, "x", "y").getMessage()));
    assertThat(places)
        .containsExactly(
            csv.name() + ":2: found x, expected y", csv.name() + ":4: found x, expected y");
  }

  private static List<String> objects(Path file) {
    CsvFile csv = CsvFile.of(file);
    List<String> objects = new ArrayList<>();
    csv.forEach(line -> objects.add(csv.field(line, "object")));
    return objects;
  }
}
