package io.logitflow.trainer.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A round on the long strings of docs/memory, with the script that measures it. */
class MemoryIT {
  private static final Path DIRECTORY =
      TrainerRun.LAUNCHER.resolveSibling("docs").resolve("memory").normalize();
  private static final Pattern PEAK = Pattern.compile("(?m)^peak, .*: (\\d+) MB$");

  @Test
  void longStringsTakeLittleMemory(@TempDir Path folder) throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/status")));
    ProcessBuilder measured =
        new ProcessBuilder(
            DIRECTORY.resolve("measure.sh").toString(),
            folder.resolve("run").toString(),
            "--config=" + DIRECTORY.resolve("peptides.yaml"),
            "--set=training.rounds=1",
            "--set=training.replay={type: none}",
            "--set=evaluation={betas: [1], samples: 1, trajectories: 2}",
            "--set=evaluation.test_set={type: uniform, objects: 2}");
    // The features of all states take 74 MB outside the heap, next to nothing lies in it.
    String bounds = " -Xmx128m -XX:MaxDirectMemorySize=192m";
    measured.environment().merge("LOGITFLOW_JAVA_OPTIONS", bounds, String::concat);

    TrainerRun run = TrainerRun.of(folder, measured);

    assertThat(run.status()).as(run.error()).isZero();
    Matcher peak = PEAK.matcher(run.output());
    assertThat(peak.find()).as(run.output()).isTrue();
    assertThat(Integer.parseInt(peak.group(1))).isBetween(100, 1_000);
  }
}
