package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/options.md names every type of every section, and tests that exist. */
class OptionsTableTest {
  private static final Path ROOT = Path.of("..");

  @Test
  void everyTypeOfASectionIsNamed() throws IOException {
    Set<String> types = new TreeSet<>();
    addTypes(TrainerConfig.class, types);
    assertThat(types).contains("hypergrid", "annealed", "thermometer");
    assertThat(named("`([a-z][a-z+-]*)`")).containsAll(types);
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Set<String> tests = named("`(\\w+(?:Test|IT))`");
    try (Stream<Path> files = Files.walk(ROOT)) {
      Set<String> present =
          files
              .filter(file -> file.toString().contains("src/test/java"))
              .map(file -> file.getFileName().toString().replace(".java", ""))
              .collect(Collectors.toSet());
      assertThat(tests).hasSizeGreaterThan(30);
      assertThat(present).containsAll(tests);
    }
  }

  private static Set<String> named(String pattern) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(ROOT.resolve("docs/options.md")))
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void addTypes(Class<?> type, Set<String> types) {
    JsonSubTypes declared = type.getAnnotation(JsonSubTypes.class);
    if (declared != null) {
      Arrays.stream(declared.value())
          .forEach(
              subtype -> {
                types.add(subtype.name());
                addTypes(subtype.value(), types);
              });
    } else if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        addTypes(component.getType(), types);
      }
    }
  }
}
