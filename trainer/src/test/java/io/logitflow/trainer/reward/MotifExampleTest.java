package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The matrix of the example is what its README says: counted from the measurements of TFBind8. */
class MotifExampleTest {
  private static final Path EXAMPLES = Path.of("examples").toAbsolutePath();
  private static final String BASES = "ACGT";
  private static final String BEST = "AGGTATCA";

  @Test
  void isCountedFromTheMeasurements() throws Exception {
    List<String> sites = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String row : table()) {
      String sequence = row.substring(0, 8);
      String reverse = reverseComplement(sequence);
      if (Double.parseDouble(row.substring(9)) >= 0.8 && seen.add(sequence)) {
        seen.add(reverse);
        String site = distance(sequence) <= distance(reverse) ? sequence : reverse;
        if (distance(site) <= 2) {
          sites.add(site);
        }
      }
    }
    assertThat(sites).hasSize(94);

    List<String> matrix = Files.readAllLines(EXAMPLES.resolve("motif/SIX6.jaspar"));
    for (int base = 0; base < BASES.length(); base++) {
      char letter = BASES.charAt(base);
      int[] counted = new int[BEST.length()];
      Arrays.setAll(
          counted, i -> (int) sites.stream().filter(site -> site.charAt(i) == letter).count());
      String line = matrix.get(base + 1);
      assertThat(line).startsWith(letter + "  [");
      assertThat(line.substring(4, line.indexOf(']')).strip().split(" +"))
          .containsExactly(Arrays.stream(counted).mapToObj(String::valueOf).toArray(String[]::new));
    }
  }

  private static List<String> table() throws Exception {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Files.newInputStream(EXAMPLES.resolve("tfbind8/tfbind8.csv.gz"))),
                StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).toList();
    }
  }

  private static int distance(String sequence) {
    int distance = 0;
    for (int i = 0; i < BEST.length(); i++) {
      distance += sequence.charAt(i) == BEST.charAt(i) ? 0 : 1;
    }
    return distance;
  }

  private static String reverseComplement(String sequence) {
    StringBuilder reverse = new StringBuilder();
    for (int i = sequence.length() - 1; i >= 0; i--) {
      reverse.append(BASES.charAt(3 - BASES.indexOf(sequence.charAt(i))));
    }
    return reverse.toString();
  }
}
