package io.logitflow.trainer.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** How records turn into JSON here: snake case, nothing said of what is absent. */
final class ReportJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ReportJson() {}

  /** Writes a value on one line. */
  static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("every record can be written", e);
    }
  }

  /**
   * Writes a value for a script element of a page: no text in it can end the element or begin
   * another.
   */
  static String inPage(Object value) {
    return text(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
  }

  /** Turns a record into a tree. */
  static JsonNode tree(Record record) {
    return MAPPER.valueToTree(record);
  }

  /** Returns an object without keys. */
  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Reads one value. */
  static JsonNode tree(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }

  /** Returns every number of a record by its path, whose keys are parted by dots. */
  static Map<String, Double> numbers(Record record) {
    return numbers(tree(record));
  }

  /** Returns every number of an object by its path, whose keys are parted by dots. */
  static Map<String, Double> numbers(JsonNode object) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    addNumbers("", object, numbers);
    return numbers;
  }

  private static void addNumbers(String path, JsonNode node, Map<String, Double> numbers) {
    if (node.isNumber()) {
      numbers.put(path, node.doubleValue());
    } else if (node.isObject()) {
      String prefix = path.isEmpty() ? "" : path + ".";
      node.properties()
          .forEach(entry -> addNumbers(prefix + entry.getKey(), entry.getValue(), numbers));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        addNumbers(path + "." + i, node.get(i), numbers);
      }
    }
  }
}
