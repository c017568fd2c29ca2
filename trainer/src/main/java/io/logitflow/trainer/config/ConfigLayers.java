package io.logitflow.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Config trees laid over one another: defaults, a file, settings of the command line. */
final class ConfigLayers {
  /** Key of the environment that is derived from others where it is absent. */
  static final String SEPARATOR = "separator";

  private static final String TYPE = "type";

  private ConfigLayers() {}

  /**
   * Lays a tree over another, section by section. A null says nothing. A section of another {@code
   * type} than the one beneath replaces it whole, since their keys differ.
   *
   * @return a new tree
   */
  static ObjectNode merge(ObjectNode beneath, ObjectNode above) {
    if (above.has(TYPE) && beneath.has(TYPE) && !above.get(TYPE).equals(beneath.get(TYPE))) {
      return above.deepCopy();
    }
    ObjectNode merged = beneath.deepCopy();
    for (Map.Entry<String, JsonNode> entry : above.properties()) {
      String key = entry.getKey();
      JsonNode value = entry.getValue();
      if (value instanceof ObjectNode section && merged.get(key) instanceof ObjectNode under) {
        merged.set(key, merge(under, section));
      } else if (!value.isNull() || !merged.has(key)) {
        merged.set(key, value);
      }
    }
    return merged;
  }

  /**
   * Fills in the environment's separator where it is absent: nothing if every token's name is one
   * character, else a hyphen.
   */
  static void deriveSeparator(ObjectNode tree) {
    if (tree.get("environment") instanceof ObjectNode environment
        && !environment.hasNonNull(SEPARATOR)
        && environment.path(TYPE).asText().equals("prepend-append")) {
      boolean single =
          StreamSupport.stream(environment.path("tokens").spliterator(), false)
              .map(JsonNode::asText)
              .allMatch(name -> name.codePointCount(0, name.length()) <= 1);
      environment.put(SEPARATOR, single ? "" : "-");
    }
  }
}
