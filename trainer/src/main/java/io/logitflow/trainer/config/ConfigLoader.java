package io.logitflow.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads configs: the module's {@code defaults.yaml}, beneath the user's file, beneath the settings
 * of the command line.
 */
public final class ConfigLoader {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ConfigLoader() {}

  /**
   * Loads a config file.
   *
   * @param file YAML in UTF-8
   * @param settings values that replace the file's, each {@code path=value} with the value in YAML
   * @return every effective value, and the file's directory
   * @throws InvalidInputException if the file is missing or not YAML; else with all faults of the
   *     file and the settings at once
   * @throws LogitFlowException if the disk refuses
   */
  public static LoadedConfig load(Path file, List<String> settings) {
    Path directory = file.toAbsolutePath().normalize().getParent();
    if (!Files.isRegularFile(file) || directory == null) {
      String found = Files.isDirectory(file) ? "a directory" : "no such file";
      throw new InvalidInputException(file.toString(), found, "a config in YAML");
    }
    try {
      return new LoadedConfig(parse(file.toString(), Files.readString(file), settings), directory);
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(file.toString(), "bytes that are not UTF-8", "YAML in UTF-8");
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
  }

  /**
   * Reads a config from text.
   *
   * @param source where the text comes from, for messages
   * @param yaml the text
   * @param settings values that replace the text's, each {@code path=value} with the value in YAML
   * @return every effective value
   * @throws InvalidInputException if the text is not YAML; else with all faults of the text and the
   *     settings at once
   */
  public static TrainerConfig parse(String source, String yaml, List<String> settings) {
    ObjectNode written = section(source, YamlTree.parse(source, yaml));
    List<Problem> unreadable = new ArrayList<>();
    ConfigSettings set = ConfigSettings.parse(settings, unreadable);
    ObjectNode defaults = defaults();
    ObjectNode wanted = set.over(written, defaults);
    ConfigLayers.addDefaultsOfTypes(defaults, defaultsByType(), wanted);
    ObjectNode effective = ConfigLayers.merge(defaults, wanted);
    ConfigLayers.deriveSeparator(effective);
    ConfigLayers.deriveEvaluationBetas(effective, wanted);
    List<Problem> problems =
        new ArrayList<>(
            located(SchemaCheck.check(effective), source, written, set.values().keySet()));
    problems.addAll(unreadable);
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
    return (TrainerConfig) ConfigMapper.toValue(effective, TrainerConfig.class);
  }

  /**
   * Writes every effective value of a config as YAML that reads back to an equal config.
   *
   * @param config any config
   */
  public static String toYaml(TrainerConfig config) {
    return ConfigMapper.toYaml(config);
  }

  /** Returns the tree that lies beneath every config. */
  static ObjectNode defaults() {
    return defaults("defaults.yaml");
  }

  /** Returns what lies beneath sections of other types, by their paths and types. */
  static ObjectNode defaultsByType() {
    return defaults("defaults-by-type.yaml");
  }

  private static ObjectNode defaults(String name) {
    try (InputStream resource = ConfigLoader.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      String yaml = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      return section(name, YamlTree.parse(name, yaml));
    } catch (IOException e) {
      throw new IllegalStateException(name + " cannot be read", e);
    }
  }

  private static ObjectNode section(String source, JsonNode tree) {
    if (tree.isNull()) {
      return NODES.objectNode();
    }
    if (tree instanceof ObjectNode section) {
      return section;
    }
    throw new InvalidInputException(
        source, tree.isArray() ? "a list" : tree.toString(), "keys with values, such as seed: 1");
  }

  /** Names the file or setting of each fault, and brings the file's into its order. */
  private static List<Problem> located(
      List<Problem> problems, String source, ObjectNode written, Set<String> settings) {
    List<String> order = new ArrayList<>();
    listPaths("", written, order);
    return problems.stream()
        .sorted(
            Comparator.comparingInt((Problem problem) -> position(problem.subject(), order))
                .thenComparingInt(problem -> entry(problem.subject())))
        .map(
            problem -> {
              String path = problem.subject();
              boolean isSet = settings.stream().anyMatch(set -> related(set, path));
              return new Problem(
                  (isSet ? "--set " : source + ": ") + path, problem.found(), problem.expected());
            })
        .toList();
  }

  private static boolean related(String setting, String path) {
    return path.equals(setting)
        || path.startsWith(setting + ".")
        || path.startsWith(setting + "[")
        || setting.startsWith(path + ".");
  }

  private static void listPaths(String prefix, ObjectNode section, List<String> paths) {
    for (Map.Entry<String, JsonNode> entry : section.properties()) {
      paths.add(prefix + entry.getKey());
      if (entry.getValue() instanceof ObjectNode nested) {
        listPaths(prefix + entry.getKey() + ".", nested, paths);
      }
    }
  }

  /** Returns which entry of a list a path ends in, −1 where it ends in none. */
  private static int entry(String path) {
    int open = path.endsWith("]") ? path.lastIndexOf('[') : -1;
    return open < 0 ? -1 : Integer.parseInt(path.substring(open + 1, path.length() - 1));
  }

  /** Returns the place of a path, or of the section that it is missing in; the end if none. */
  private static int position(String path, List<String> order) {
    for (String key = path.replaceAll("\\[\\d+]", ""); !key.isEmpty(); key = parent(key)) {
      int position = order.indexOf(key);
      if (position >= 0) {
        return position;
      }
    }
    return order.size();
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(path.lastIndexOf('.'), 0));
  }
}
