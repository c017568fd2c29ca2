package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's table of the configuration: its keys are all that there are, its defaults true. */
class ReadmeConfigTest {
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z_]+(?:\\.[a-z_]+)*)` \\| [^|]+ \\| ([^|]+) \\| [^|]+ \\|$");

  private static final String REQUIRED =
      """
      environment: {type: prepend-append, tokens: [A, C], length: 3}
      reward: {type: table, file: scores.csv, object_column: object, score_column: score}
      """;

  private static final String OPTIONAL =
      """
      training: {beta: {type: constant, value: 2}}
      evaluation: {modes: {file: modes.csv, object_column: object}}
      """;

  @Test
  void listsEveryKey() throws Exception {
    Map<String, String> keys = values(REQUIRED);
    keys.putAll(values(REQUIRED + OPTIONAL));

    assertThat(readme().keySet()).isEqualTo(new TreeSet<>(keys.keySet()));
  }

  @Test
  void givesEveryDefault() throws Exception {
    Map<String, String> documented = readme();
    documented.values().removeAll(List.of("required", "none", "derived"));
    Map<String, String> defaults = values(REQUIRED);
    defaults.keySet().removeIf(key -> key.startsWith("environment.") || key.startsWith("reward."));

    assertThat(documented).isEqualTo(defaults);
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

  private static Map<String, String> values(String yaml) {
    Map<String, String> values = new TreeMap<>();
    add("", ConfigMapper.toTree(ConfigLoader.parse("test", yaml, List.of())), values);
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
