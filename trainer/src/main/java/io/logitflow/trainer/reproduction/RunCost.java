package io.logitflow.trainer.reproduction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.evaluation.EvaluationFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a run took, and where and when that was.
 *
 * @param cpuSeconds CPU seconds of the process over the run, training and evaluations; null where
 *     it was not trained at one go
 * @param processor the model of the machine's processor
 * @param date the day it ended, in UTC, as in 2026-01-31
 */
public record RunCost(@Nullable Double cpuSeconds, String processor, String date) {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final String MODEL = "model name";

  /**
   * Returns the cost of a run that has just ended on this machine.
   *
   * @param cpuSeconds what it took, or null where that is not known
   */
  public static RunCost now(@Nullable Double cpuSeconds) {
    return new RunCost(cpuSeconds, processorModel(), LocalDate.now(ZoneOffset.UTC).toString());
  }

  /** Returns the model of this machine's processor; where Linux does not tell, its architecture. */
  private static String processorModel() {
    if (Files.isReadable(PROCESSORS)) {
      try (Stream<String> lines = Files.lines(PROCESSORS)) {
        return lines
            .filter(line -> line.startsWith(MODEL) && line.contains(":"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElseGet(RunCost::architecture);
      } catch (IOException e) {
        throw LogitFlowException.ofDisk(PROCESSORS, "be read", e);
      }
    }
    return architecture();
  }

  private static String architecture() {
    return System.getProperty("os.arch");
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param file its file
   * @throws InvalidInputException if it is not such a file
   */
  public static RunCost read(Path file) {
    try {
      return JSON.readValue(Files.readString(file), RunCost.class);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(file.toString(), "no cost of a run", "what reproduce wrote");
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
  }

  /**
   * Writes it.
   *
   * @param file where to
   */
  public void write(Path file) {
    try {
      EvaluationFiles.write(file, JSON.writeValueAsString(this) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("every cost can be written", e);
    }
  }
}
