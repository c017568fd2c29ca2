package io.logitflow.sampler.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two thousand mutants of the golden bundle, half of them with a loop, opened by one process with a
 * small heap: each is refused, or samples. A process that crashes, or takes too much, fails the
 * test.
 */
final class MutatedBundlesIT {
  /**
   * Heap and direct memory as the process is given, 512 MiB for the 8 rows of a run, 1 GiB for what
   * is computed of constants and held twice for a moment, and the runtimes themselves.
   */
  private static final long LARGEST_PEAK_KILOBYTES = (192L + 64 + 512 + 2 * 1024 + 200) << 10;

  private static final Pattern OUTCOME = Pattern.compile("(\\w+)=(\\d+)");

  @Test
  void refusesOrSamplesEachAndStaysWithinItsMemory(@TempDir Path directory) throws Exception {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx192m",
                "-XX:MaxDirectMemorySize=64m",
                "-XX:ErrorFile=" + directory.resolve("crash.log"),
                "-cp",
                System.getProperty("java.class.path"),
                MutantRun.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();

    int status = process.waitFor();

    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(status).as(text).isZero();
    Map<Mutation, Map<String, Integer>> outcomes = outcomes(text);
    assertThat(outcomes).containsOnlyKeys(Mutation.values());
    outcomes.forEach(
        (mutation, counts) -> {
          assertThat(counts.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(286);
          assertThat(counts.get("refused")).as(mutation.toString()).isGreaterThan(100);
        });
    // Some reach ONNX Runtime and sample, or nothing behind the inspection was tested.
    assertThat(outcomes.get(Mutation.BIT_FLIPS)).containsKey("sampled");
    assertThat(outcomes.get(Mutation.HOSTILE_SHAPES)).containsKey("sampled");
    assertThat(outcomes.get(Mutation.OTHER_OPERATORS)).containsKey("sampled");
    assertThat(outcomes.get(Mutation.HOSTILE_LOOPS)).containsKey("sampled");
    Matcher peak = Pattern.compile("VmHWM:\\s+(\\d+) kB").matcher(text);
    if (peak.find()) {
      assertThat(Long.parseLong(peak.group(1))).as(text).isLessThan(LARGEST_PEAK_KILOBYTES);
    }
  }

  private static Map<Mutation, Map<String, Integer>> outcomes(String text) {
    Map<Mutation, Map<String, Integer>> outcomes = new EnumMap<>(Mutation.class);
    for (Mutation mutation : Mutation.values()) {
      Map<String, Integer> counts = new TreeMap<>();
      text.lines()
          .filter(line -> line.startsWith(mutation + " {"))
          .flatMap(line -> Arrays.stream(line.split(", ", -1)))
          .map(OUTCOME::matcher)
          .filter(Matcher::find)
          .forEach(found -> counts.put(found.group(1), Integer.valueOf(found.group(2))));
      outcomes.put(mutation, counts);
    }
    return outcomes;
  }
}
