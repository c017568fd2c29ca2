package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import jakarta.validation.Valid;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigSchemaTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final String SMALLEST =
      """
      environment: {type: prepend-append, tokens: [A, C], length: 3}
      reward: {type: table, file: scores.csv, object_column: object, score_column: score}
      """;

  private final JsonNode tree = read();
  private final JsonSchema schema =
      JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(tree);

  @ParameterizedTest
  @MethodSource("examples")
  void acceptsEveryExample(Path example) throws Exception {
    assertThat(faults(Files.readString(example))).isEmpty();
  }

  static Stream<Path> examples() throws Exception {
    try (Stream<Path> files = Files.walk(Path.of("examples"))) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".yaml")).toList();
      assertThat(found).isNotEmpty();
      return found.stream();
    }
  }

  @Test
  void acceptsTheSmallestConfigAndItsEveryEffectiveValue() {
    String effective = ConfigLoader.toYaml(ConfigLoader.parse("test", SMALLEST, List.of()));

    assertThat(faults(SMALLEST)).isEmpty();
    assertThat(faults(effective)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "seed: 1.5; $.seed",
        "seed: one; $.seed",
        "epochs: 3; epochs",
        "training: {rounds: 0}; $.training.rounds",
        "training: {batch: 65537}; $.training.batch",
        "training: {objective: {type: trajectory_balance}}; $.training.objective",
        "training: {beta: {type: constant}}; $.training.beta",
        "training: {beta: {type: constant, value: 1, low: 1}}; $.training.beta",
        "training: {beta: {type: gaussian}}; $.training.beta",
        "training: {beta: {low: 0}}; $.training.beta",
        "training: {checkpoint_interval: 0}; $.training.checkpoint_interval",
        "training: [1]; $.training",
        "policy: {hidden_widths: []}; $.policy.hidden_widths",
        "policy: {hidden_widths: [0]}; $.policy.hidden_widths[0]",
        "policy: {hiddenWidths: [8]}; hiddenWidths",
        "evaluation: {betas: [1, -1]}; $.evaluation.betas[1]",
        "evaluation: {modes: {object_column: x}}; $.evaluation.modes",
        "evaluation: {modes: {file: 3, object_column: x}}; $.evaluation.modes.file"
      })
  void refusesWhatTheLoaderRefuses(String mutation, String place) {
    assertThat(faults(SMALLEST + mutation)).anyMatch(fault -> fault.contains(place));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{type: uniform, low: 1, high: 2}",
        "{low: 2}",
        "{high: 4}",
        "{type: constant, value: 2}",
      })
  void aSectionWithoutItsTypeIsOfTheDefaults(String beta) {
    assertThat(faults(SMALLEST + "training: {beta: " + beta + "}")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "training: {replay: {type: percentile}}",
        "training: {objective: {type: sub-trajectory-balance}}",
        "policy: {conditioning: {type: layer}}",
        "policy: {conditioning: {type: layer, encoding: {type: thermometer, low: 1, high: 2}}}"
      })
  void aSectionOfAnotherTypeHasTheDefaultsOfThatType(String section) {
    assertThat(faults(SMALLEST + section)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"environment", "reward"})
  void requiresWhatHasNoDefault(String section) {
    assertThat(faults(SMALLEST.replaceAll("(?m)^" + section + ".*$", "")))
        .singleElement()
        .asString()
        .contains("'" + section + "'");
  }

  @Test
  void hasEveryKeyWithADescription() {
    Set<String> expected = new TreeSet<>();
    addKeys("", TrainerConfig.class, expected);
    Set<String> found = new TreeSet<>();
    addProperties("", tree, found);

    assertThat(found).isEqualTo(expected);
    assertThat(expected).contains("training.beta.value", "evaluation.modes.object_column");
  }

  @Test
  void givesEveryDefaultInItsPlace() throws Exception {
    ObjectNode given = JSON.createObjectNode();
    addGiven(tree, given);

    assertThat(given).isEqualTo(JSON.readTree(ConfigLoader.defaults().toString()));
  }

  /** Collects the keys of a record's components, the keys of all types of a section together. */
  private static void addKeys(String path, Class<?> type, Set<String> keys) {
    if (type.isSealed()) {
      for (Class<?> subtype : type.getPermittedSubclasses()) {
        addKeys(path, subtype, keys);
      }
      return;
    }
    for (RecordComponent component : type.getRecordComponents()) {
      String key = path + ConfigMapper.key(component.getName());
      keys.add(key);
      if (component.getType().isRecord() || component.getType().isSealed()) {
        assertThat(component.getAccessor().isAnnotationPresent(Valid.class)).as(key).isTrue();
        addKeys(key + ".", component.getType(), keys);
      }
    }
  }

  private static void addProperties(String path, JsonNode section, Set<String> keys) {
    section.path("oneOf").forEach(alternative -> addProperties(path, alternative, keys));
    section
        .path("properties")
        .properties()
        .forEach(
            property -> {
              if (!property.getKey().equals("type")) {
                keys.add(path + property.getKey());
                assertThat(property.getValue().path("description").asText())
                    .as(path + property.getKey())
                    .isNotBlank()
                    .doesNotContain("{@", "<", property.getKey() + " " + property.getKey());
              }
              addProperties(path + property.getKey() + ".", property.getValue(), keys);
            });
  }

  /** Collects the defaults of a schema into the tree of a config. */
  private static void addGiven(JsonNode section, ObjectNode given) {
    section
        .path("oneOf")
        .forEach(
            alternative -> {
              if (alternative.at("/properties/type").has("default")) {
                addGiven(alternative, given);
              }
            });
    section
        .path("properties")
        .properties()
        .forEach(
            property -> {
              JsonNode value = property.getValue().get("default");
              if (value == null) {
                ObjectNode nested = given.objectNode();
                addGiven(property.getValue(), nested);
                if (!nested.isEmpty()) {
                  given.set(property.getKey(), nested);
                }
              } else {
                given.set(property.getKey(), value);
              }
            });
  }

  private List<String> faults(String yaml) {
    List<String> faults = new ArrayList<>();
    for (ValidationMessage message : schema.validate(YamlTree.parse("test", yaml))) {
      faults.add(message.getInstanceLocation() + ": " + message.getMessage());
    }
    return faults;
  }

  private static JsonNode read() {
    try {
      return JSON.readTree(ConfigSchema.json());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
