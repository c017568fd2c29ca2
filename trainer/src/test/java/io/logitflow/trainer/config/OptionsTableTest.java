package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/options.md names every key of the configuration, every value that a key is chosen from and
 * every option of every command, with tests that exist, and nothing else.
 */
class OptionsTableTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))`");

  /** Its keys are those of {@code training.beta}, and stand there. */
  private static final String EXPLORATION_BETA = "training.exploration.beta";

  /** A row: keys or options, values that they are chosen from, tests. */
  private record Row(List<String> names, List<String> values, List<String> tests) {}

  @Test
  void everyKeyAndEveryOptionIsNamed() throws IOException {
    Set<String> expected = new TreeSet<>();
    addKeys("", TrainerConfig.class, expected);
    expected.removeIf(key -> key.startsWith(EXPLORATION_BETA + ".") && !key.endsWith(".type"));
    expected.add(EXPLORATION_BETA);
    expected.addAll(commandLine());
    assertThat(expected)
        .contains("seed", "reward.cache_capacity", "policy.conditioning.form", "serve --tile");

    assertThat(rows().stream().flatMap(row -> row.names().stream()).collect(sorted()))
        .isEqualTo(expected);
  }

  @Test
  void everyValueThatAKeyIsChosenFromStandsBesideIt() throws IOException {
    Set<String> expected = new TreeSet<>();
    addValues("", TrainerConfig.class, expected);
    assertThat(expected)
        .contains(
            "training.objective.type = detailed-balance",
            "training.exploration.beta.type = annealed",
            "training.replay.by = loss");

    assertThat(
            rows().stream()
                .flatMap(
                    row ->
                        row.names().stream()
                            .flatMap(
                                name -> row.values().stream().map(value -> name + " = " + value)))
                .collect(sorted()))
        .isEqualTo(expected);
  }

  @Test
  void everyRowNamesTestsThatExist() throws IOException {
    assertThat(rows()).allMatch(row -> !row.tests().isEmpty());
    try (Stream<Path> files = Files.walk(ROOT)) {
      Set<String> present =
          files
              .filter(file -> file.toString().contains("src/test/java"))
              .map(file -> file.getFileName().toString().replace(".java", ""))
              .collect(Collectors.toSet());
      assertThat(present).containsAll(matches(TEST, text("docs/options.md")));
    }
  }

  /** Returns the rows of the tables with three columns. */
  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : text("docs/options.md").lines().toList()) {
      String[] cells = line.split("\\|", -1);
      if (cells.length == 5 && cells[1].contains("`")) {
        rows.add(
            new Row(matches(QUOTED, cells[1]), matches(QUOTED, cells[2]), matches(TEST, cells[3])));
      }
    }
    assertThat(rows).hasSizeGreaterThan(50);
    return rows;
  }

  /** Returns the options in the README's table, which ReadmeIT compares with the commands. */
  private static Set<String> commandLine() throws IOException {
    Set<String> options = new TreeSet<>();
    String command = "";
    for (String line : text("README.md").lines().toList()) {
      String[] cells = line.split("\\|", -1);
      if (cells.length == 6 && cells[2].strip().startsWith("`--")) {
        command = cells[1].isBlank() ? command : matches(QUOTED, cells[1]).get(0);
        options.add(command + " " + matches(QUOTED, cells[2]).get(0).split(" ", -1)[0]);
      }
    }
    return options;
  }

  private static void addKeys(String path, Class<?> declared, Set<String> keys) {
    if (!SectionTypes.of(declared).isEmpty()) {
      keys.add(path + ".type");
      SectionTypes.of(declared).values().forEach(type -> addKeys(path, type, keys));
    } else if (declared.isRecord()) {
      for (RecordComponent component : declared.getRecordComponents()) {
        addKeys(joined(path, component), component.getType(), keys);
      }
    } else {
      keys.add(path);
    }
  }

  private static void addValues(String path, Class<?> declared, Set<String> values) {
    SectionTypes.of(declared)
        .forEach(
            (name, type) -> {
              values.add(path + ".type = " + name);
              addValues(path, type, values);
            });
    if (declared.isRecord()) {
      for (RecordComponent component : declared.getRecordComponents()) {
        addValues(joined(path, component), component.getType(), values);
      }
    } else if (declared.isEnum()) {
      for (Object constant : declared.getEnumConstants()) {
        values.add(path + " = " + ConfigMapper.toValue(constant, String.class));
      }
    }
  }

  private static String joined(String path, RecordComponent component) {
    String key = ConfigMapper.key(component.getName());
    return path.isEmpty() ? key : path + "." + key;
  }

  private static Collector<String, ?, Set<String>> sorted() {
    return Collectors.toCollection(TreeSet::new);
  }

  private static List<String> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }

  private static String text(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }
}
