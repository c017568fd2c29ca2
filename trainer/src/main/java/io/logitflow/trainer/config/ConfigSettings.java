package io.logitflow.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Settings of the command line, each {@code path=value} with the value in YAML.
 *
 * @param values the values by their keys' paths, in the order in which they take effect
 */
record ConfigSettings(Map<String, JsonNode> values) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /**
   * Reads settings.
   *
   * @param settings as the user gave them; of one path the last counts
   * @param problems is given the faults of those that cannot be read, which are left out
   */
  static ConfigSettings parse(List<String> settings, List<Problem> problems) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      String path = setting.substring(0, Math.max(equals, 0)).strip();
      if (!path.matches("\\w+(\\.\\w+)*")) {
        problems.add(new Problem("--set", "\"" + setting + "\"", "path=value, as in seed=1"));
        continue;
      }
      try {
        JsonNode value = YamlTree.parse("--set " + path, setting.substring(equals + 1));
        if (value.isNull()) {
          problems.add(new Problem("--set " + path, "nothing", "a value"));
        } else {
          values.remove(path);
          values.put(path, value);
        }
      } catch (InvalidInputException e) {
        problems.addAll(e.problems());
      }
    }
    return new ConfigSettings(values);
  }

  /**
   * Lays the settings over a file one after another. A section of another type than the one beneath
   * replaces it whole; of a type alone, what the new type has no key for goes, unless an earlier
   * setting asked for it.
   *
   * @param file the file's tree
   * @param defaults what lies beneath it
   * @return what the user says, with the types of its sections
   */
  ObjectNode over(ObjectNode file, ObjectNode defaults) {
    ObjectNode wanted = file.deepCopy();
    SectionTypes.name(wanted, TrainerConfig.class, defaults);
    ObjectNode asked = NODES.objectNode();
    for (Map.Entry<String, JsonNode> setting : values.entrySet()) {
      ObjectNode above = nested(setting.getKey(), setting.getValue());
      retype(wanted, setting.getKey(), setting.getValue(), asked);
      wanted = ConfigLayers.merge(wanted, above);
      SectionTypes.name(wanted, TrainerConfig.class, defaults);
      asked = ConfigLayers.merge(asked, above);
    }
    return wanted;
  }

  /**
   * Gives a section its new type where a setting says nothing but that, and drops what it lacks.
   */
  private static void retype(ObjectNode wanted, String path, JsonNode value, ObjectNode asked) {
    boolean isWhole = value.isObject() && value.size() == 1;
    String section = isWhole ? path : path.substring(0, Math.max(path.lastIndexOf('.'), 0));
    JsonNode type = isWhole ? value.path(SectionTypes.TYPE) : value;
    boolean isType = isWhole || path.equals(section + "." + SectionTypes.TYPE);
    String pointer = "/" + section.replace('.', '/');
    if (isType && type.isTextual() && wanted.at(pointer) instanceof ObjectNode changed) {
      Class<?> declared = SectionTypes.declared(wanted, section);
      Class<?> record = declared == null ? null : SectionTypes.of(declared).get(type.asText());
      if (record != null) {
        List<String> keys = SectionTypes.keys(record);
        JsonNode askedFor = asked.at(pointer);
        changed
            .properties()
            .removeIf(entry -> !keys.contains(entry.getKey()) && !askedFor.has(entry.getKey()));
        changed.set(SectionTypes.TYPE, type);
      }
    }
  }

  private static ObjectNode nested(String path, JsonNode value) {
    int dot = path.indexOf('.');
    ObjectNode section = NODES.objectNode();
    return dot < 0
        ? section.set(path, value)
        : section.set(path.substring(0, dot), nested(path.substring(dot + 1), value));
  }
}
