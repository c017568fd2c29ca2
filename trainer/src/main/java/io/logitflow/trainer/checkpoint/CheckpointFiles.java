package io.logitflow.trainer.checkpoint;

import ai.djl.ndarray.types.Shape;
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
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.ParameterLayout;
import io.logitflow.trainer.training.Moments;
import io.logitflow.trainer.training.ReplayedObjects;
import io.logitflow.trainer.training.RoundMetrics;
import io.logitflow.trainer.training.TrainingState;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files of one checkpoint. The same state gives the same bytes. */
final class CheckpointFiles {
  private static final String CONFIG = "config.yaml";
  private static final String PARAMETERS = "parameters.safetensors";
  private static final String MOMENTS = "moments.safetensors";
  private static final String REPLAY = "replay.safetensors";
  private static final String METRICS = "metrics.jsonl";
  private static final String INDEX = "state.json";
  private static final List<String> CHECKED = List.of(CONFIG, PARAMETERS, MOMENTS, REPLAY, METRICS);

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
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
    TensorFile.write(
        directory.resolve(PARAMETERS),
        file -> {
          for (ParameterBlock block : layout.blocks()) {
            float[] values =
                Arrays.copyOfRange(
                    state.parameters(), block.offset(), block.offset() + block.size());
            long[] shape = block.shape().stream().mapToLong(Integer::longValue).toArray();
            file.add(block.name(), manager -> manager.create(values, new Shape(shape)));
          }
        });
    TensorFile.write(
        directory.resolve(MOMENTS),
        file -> {
          file.add("first", manager -> manager.create(state.moments().first()));
          file.add("second", manager -> manager.create(state.moments().second()));
        });
    ObjectBatch objects = state.replay().objects();
    TensorFile.write(
        directory.resolve(REPLAY),
        file -> {
          Shape shape = new Shape(objects.rows(), objects.width());
          file.add("tokens", manager -> manager.create(objects.tokens(), shape));
          file.add("lengths", manager -> manager.create(objects.lengths()));
          file.add("log_rewards", manager -> manager.create(state.replay().logRewards()));
        });
    try (Writer lines = Files.newBufferedWriter(directory.resolve(METRICS))) {
      for (RoundMetrics metrics : state.metrics()) {
        lines.write(JSON.writeValueAsString(metrics) + "\n");
      }
    }
    Map<String, String> checksums = new TreeMap<>();
    for (String file : CHECKED) {
      checksums.put(file, Sha256.of(directory.resolve(file)));
    }
    CheckpointIndex index =
        new CheckpointIndex(
            CheckpointIndex.FORMAT_VERSION,
            state.round(),
            state.moments().steps(),
            state.rewardCalls(),
            state.modesFound(),
            data,
            checksums);
    JSON.writer(PRETTY).writeValue(directory.resolve(INDEX).toFile(), index);
  }

  /** Reads and checks all files of a checkpoint. */
  static Checkpoint read(Path directory) throws IOException {
    CheckpointIndex index = readIndex(directory.resolve(INDEX));
    for (String file : CHECKED) {
      check(directory.resolve(file), index.checksum(file));
    }
    TrainerConfig config = ConfigLoader.load(directory.resolve(CONFIG), List.of()).config();
    TrainingState state =
        new TrainingState(
            index.round(),
            readParameters(directory.resolve(PARAMETERS), layout(config)),
            readMoments(directory.resolve(MOMENTS), index.optimiserSteps()),
            readReplay(directory.resolve(REPLAY)),
            index.modesFound(),
            index.rewardCalls(),
            readMetrics(directory.resolve(METRICS)));
    return new Checkpoint(
        config,
        Files.readString(directory.resolve(CONFIG)),
        index.data(),
        index.checksum(PARAMETERS),
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

  private static float[] readParameters(Path file, ParameterLayout layout) throws IOException {
    float[] parameters = new float[layout.size()];
    try (TensorFile tensors = TensorFile.read(file)) {
      for (ParameterBlock block : layout.blocks()) {
        float[] values = tensors.get(block.name()).toFloatArray();
        System.arraycopy(values, 0, parameters, block.offset(), block.size());
      }
    }
    return parameters;
  }

  private static Moments readMoments(Path file, long steps) throws IOException {
    try (TensorFile tensors = TensorFile.read(file)) {
      return new Moments(
          steps, tensors.get("first").toFloatArray(), tensors.get("second").toFloatArray());
    }
  }

  private static ReplayedObjects readReplay(Path file) throws IOException {
    try (TensorFile tensors = TensorFile.read(file)) {
      int[] lengths = tensors.get("lengths").toIntArray();
      Shape shape = tensors.get("tokens").getShape();
      int width = Math.toIntExact(shape.get(1));
      int[] tokens = tensors.get("tokens").toIntArray();
      return new ReplayedObjects(
          new ObjectBatch(lengths.length, width, tokens, lengths),
          tensors.get("log_rewards").toDoubleArray());
    }
  }

  private static List<RoundMetrics> readMetrics(Path file) throws IOException {
    try (MappingIterator<RoundMetrics> lines =
        JSON.readerFor(new TypeReference<RoundMetrics>() {}).readValues(file.toFile())) {
      return lines.readAll();
    }
  }

  private static ParameterLayout layout(TrainerConfig config) {
    Environment environment = Environments.create(config.environment());
    return GFlowNet.of(config, environment).layout();
  }
}
