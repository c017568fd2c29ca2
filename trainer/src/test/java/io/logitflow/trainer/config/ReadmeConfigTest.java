package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import org.junit.jupiter.api.Test;

/** The README's table of the configuration: its keys are all that there are, its defaults true. */
class ReadmeConfigTest {
  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| `([a-z_]+(?:\\.[a-z0-9_]+)*)` \\| [^|]+ \\| ([^|]+) \\| [^|]+ \\|$");

  private static final String REQUIRED =
      """
      environment: {type: prepend-append, tokens: [A, C], length: 3}
      reward: {type: table, file: scores.csv, object_column: object, score_column: score}
      """;

  /** Its keys are those of {@code training.beta}, and described there. */
  private static final String EXPLORATION_BETA = "training.exploration.beta";

  @Example
  void listsEveryKey() throws Exception {
    Set<String> keys = new TreeSet<>();
    ConfigArbitraries.configs().generator(200).stream(new Random(4))
        .limit(200)
        .forEach(config -> keys.addAll(values(config.value()).keySet()));
    if (keys.removeIf(key -> key.startsWith(EXPLORATION_BETA + "."))) {
      keys.add(EXPLORATION_BETA);
    }

    assertThat(readme().keySet()).isEqualTo(keys);
  }

  @Test
  void givesEveryDefault() throws Exception {
    Map<String, String> documented = readme();
    documented.values().removeAll(List.of("required", "none", "derived"));
    Map<String, String> defaults = defaultsByType();
    defaults.putAll(values(ConfigLoader.parse("test", REQUIRED, List.of())));
    defaults.keySet().removeIf(key -> key.startsWith("environment.") || key.startsWith("reward."));

    assertThat(documented).isEqualTo(defaults);
  }

  private static Map<String, String> defaultsByType() throws IOException {
    Map<String, String> defaults = new TreeMap<>();
    try (InputStream yaml = ConfigLoader.class.getResourceAsStream("defaults-by-type.yaml")) {
      assertThat(yaml).isNotNull();
      String text = new String(yaml.readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, JsonNode> section : YamlTree.parse("test", text).properties()) {
        section.getValue().forEach(keys -> add(section.getKey(), keys, defaults));
      }
    }
    return defaults;
  }

  private static Map<String, String> readme() throws IOException {
    Map<String, String> defaults = new TreeMap<>();
    String text = Files.readString(Path.of("../README.md"));
    int section = text.indexOf("\n## Configuration\n");
    ROW.matcher(text.substring(section, text.indexOf("\n## ", section + 1)))
        .results()
        .forEach(row -> defaults.put(row.group(1), row.group(2).replaceAll("[` ]", "")));
    return defaults;
  }

  private static Map<String, String> values(TrainerConfig config) {
    Map<String, String> values = new TreeMap<>();
    add("", ConfigMapper.toTree(config), values);
    return values;
  }

  private static void add(String path, JsonNode node, Map<String, String> values) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              entry ->
                  add(
                      path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
                      entry.getValue(),
                      values));
    } else {
      values.put(path, node.isTextual() ? node.asText() : node.toString());
    }
  }
}
