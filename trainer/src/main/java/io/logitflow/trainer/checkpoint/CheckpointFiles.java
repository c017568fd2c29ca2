package io.logitflow.trainer.checkpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Sha256;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Environments;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.ParameterLayout;
import io.logitflow.trainer.reward.ScoredObjects;
import io.logitflow.trainer.training.Moments;
import io.logitflow.trainer.training.ReplayContents;
import io.logitflow.trainer.training.RoundMetrics;
import io.logitflow.trainer.training.TrainingState;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The files of one checkpoint. The same state gives the same bytes. */
final class CheckpointFiles {
  private static final String CONFIG = "config.yaml";
  private static final String PARAMETERS = "parameters.safetensors";
  private static final String AVERAGE = "average.safetensors";
  private static final String MOMENTS = "moments.safetensors";
  private static final String REPLAY = "replay.safetensors";
  private static final String BEST = "best.safetensors";
  private static final String PAID = "paid.safetensors";
  private static final String AHEAD = "ahead.safetensors";
  private static final String METRICS = "metrics.jsonl";
  private static final String INDEX = "state.json";
  private static final String LOG_REWARDS = "log_rewards";
  private static final String LOG_PRIORITIES = "log_priorities";
  private static final String SCORES = "scores";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  /** Metrics lack what their round does not have. */
  private static final JsonMapper METRICS_JSON =
      JSON.rebuild()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .disable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  /** Indents with one kind of line end on every platform. */
  private static final PrettyPrinter PRETTY =
      new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));

  private CheckpointFiles() {}

  /** Writes all files of a checkpoint into an empty directory. */
  static void write(
      Path directory, TrainerConfig config, DataFingerprints data, TrainingState state)
      throws IOException {
    Files.writeString(directory.resolve(CONFIG), ConfigLoader.toYaml(config));
    ParameterLayout layout = layout(config);
    ParameterFile.write(directory.resolve(PARAMETERS), layout, state.parameters());
    if (state.average().isPresent()) {
      ParameterFile.write(directory.resolve(AVERAGE), layout, state.average().get());
    }
    TensorFile.write(
        directory.resolve(MOMENTS),
        file -> {
          file.add("first", manager -> manager.create(state.moments().first()));
          file.add("second", manager -> manager.create(state.moments().second()));
        });
    ReplayContents replay = state.replay();
    Map<String, double[]> columns = new LinkedHashMap<>();
    columns.put(LOG_REWARDS, replay.logRewards());
    columns.put(LOG_PRIORITIES, replay.logPriorities());
    new ObjectFile(replay.objects(), columns).write(directory.resolve(REPLAY));
    writeScored(directory.resolve(BEST), state.best());
    writeScored(directory.resolve(PAID), state.paidScores());
    if (drawsAhead(config)) {
      AheadFile.write(directory.resolve(AHEAD), state.ahead(), state.round());
    }
    try (Writer lines = Files.newBufferedWriter(directory.resolve(METRICS))) {
      for (RoundMetrics metrics : state.metrics()) {
        lines.write(METRICS_JSON.writeValueAsString(metrics) + "\n");
      }
    }
    Map<String, String> checksums = new TreeMap<>();
    for (String file : files(config)) {
      checksums.put(file, Sha256.of(directory.resolve(file)));
    }
    CheckpointIndex index =
        new CheckpointIndex(
            CheckpointIndex.FORMAT_VERSION,
            state.round(),
            state.moments().steps(),
            state.rewardCalls(),
            state.modesFound(),
            replay.oldest(),
            data,
            checksums);
    JSON.writer(PRETTY).writeValue(directory.resolve(INDEX).toFile(), index);
  }

  private static void writeScored(Path file, ScoredObjects scored) throws IOException {
    new ObjectFile(scored.objects(), Map.of(SCORES, scored.scores())).write(file);
  }

  /** Returns the names of all files but the index. */
  private static List<String> files(TrainerConfig config) {
    List<String> files =
        new ArrayList<>(List.of(CONFIG, PARAMETERS, MOMENTS, REPLAY, BEST, PAID, METRICS));
    if (hasAverage(config)) {
      files.add(AVERAGE);
    }
    if (drawsAhead(config)) {
      files.add(AHEAD);
    }
    return files;
  }

  private static boolean hasAverage(TrainerConfig config) {
    return config.optimiser().average() != null;
  }

  private static boolean drawsAhead(TrainerConfig config) {
    return config.training().rewardLag() > 0;
  }

  /** Reads and checks all files of a checkpoint. */
  static Checkpoint read(Path directory) throws IOException {
    CheckpointIndex index = readIndex(directory.resolve(INDEX));
    check(directory.resolve(CONFIG), index.checksum(CONFIG));
    TrainerConfig config = ConfigLoader.load(directory.resolve(CONFIG), List.of()).config();
    for (String file : files(config)) {
      check(directory.resolve(file), index.checksum(file));
    }
    ParameterLayout layout = layout(config);
    Optional<float[]> average =
        hasAverage(config)
            ? Optional.of(ParameterFile.read(directory.resolve(AVERAGE), layout))
            : Optional.empty();
    TrainingState state =
        new TrainingState(
            index.round(),
            ParameterFile.read(directory.resolve(PARAMETERS), layout),
            average,
            readMoments(directory.resolve(MOMENTS), index.optimiserSteps()),
            readReplay(directory.resolve(REPLAY), index.replayOldest()),
            readScored(directory.resolve(BEST)),
            index.modesFound(),
            index.rewardCalls(),
            readScored(directory.resolve(PAID)),
            drawsAhead(config) ? AheadFile.read(directory.resolve(AHEAD)) : List.of(),
            readMetrics(directory.resolve(METRICS)));
    return new Checkpoint(
        config,
        Files.readString(directory.resolve(CONFIG)),
        index.data(),
        index.checksum(PARAMETERS),
        average.map(values -> index.checksum(AVERAGE)),
        state);
  }

  private static CheckpointIndex readIndex(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file.toString(), "no such file", "a checkpoint's index");
    }
    try {
      int version = JSON.readTree(file.toFile()).path("format_version").asInt(-1);
      if (version != CheckpointIndex.FORMAT_VERSION) {
        throw new InvalidInputException(
            file + ": format_version", version, "version " + CheckpointIndex.FORMAT_VERSION);
      }
      return JSON.readValue(file.toFile(), CheckpointIndex.class);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file.toString(),
          "unreadable text (" + e.getOriginalMessage() + ")",
          "a checkpoint's index");
    }
  }

  private static void check(Path file, String expected) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file.toString(), "no such file", "a file of the checkpoint");
    }
    String found = Sha256.of(file);
    if (!found.equals(expected)) {
      throw new InvalidInputException(
          file.toString(), "SHA-256 " + found, expected + " as when it was written");
    }
  }

  private static Moments readMoments(Path file, long steps) throws IOException {
    try (TensorFile tensors = TensorFile.read(file)) {
      return new Moments(
          steps, tensors.get("first").toFloatArray(), tensors.get("second").toFloatArray());
    }
  }

  private static ReplayContents readReplay(Path file, int oldest) throws IOException {
    ObjectFile read = ObjectFile.read(file, List.of(LOG_REWARDS, LOG_PRIORITIES));
    return new ReplayContents(
        read.objects(), read.column(LOG_REWARDS), read.column(LOG_PRIORITIES), oldest);
  }

  private static ScoredObjects readScored(Path file) throws IOException {
    ObjectFile read = ObjectFile.read(file, List.of(SCORES));
    return new ScoredObjects(read.objects(), read.column(SCORES));
  }

  private static List<RoundMetrics> readMetrics(Path file) throws IOException {
    try (MappingIterator<RoundMetrics> lines =
        METRICS_JSON.readerFor(new TypeReference<RoundMetrics>() {}).readValues(file.toFile())) {
      return lines.readAll();
    }
  }

  private static ParameterLayout layout(TrainerConfig config) {
    Environment environment = Environments.create(config.environment());
    return GFlowNet.of(config, environment).layout();
  }
}
