package io.logitflow.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Config trees laid over one another: defaults, a file, settings of the command line. */
final class ConfigLayers {
  /** Key of the environment that is derived from others where it is absent. */
  static final String SEPARATOR = "separator";

  private ConfigLayers() {}

  /**
   * Lays a tree over another, section by section. A null says nothing. A section of another {@code
   * type} than the one beneath replaces it whole, since their keys differ.
   *
   * @return a new tree
   */
  static ObjectNode merge(ObjectNode beneath, ObjectNode above) {
    if (above.hasNonNull(SectionTypes.TYPE)
        && beneath.has(SectionTypes.TYPE)
        && !above.get(SectionTypes.TYPE).equals(beneath.get(SectionTypes.TYPE))) {
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
   * Puts the defaults of the wanted types in place of those of other types.
   *
   * @param defaults changed in place
   * @param byType for a section's path, for each type, the defaults of its keys; outer paths first
   * @param wanted what the user says
   */
  static void addDefaultsOfTypes(ObjectNode defaults, ObjectNode byType, ObjectNode wanted) {
    for (Map.Entry<String, JsonNode> entry : byType.properties()) {
      String pointer = "/" + entry.getKey().replace('.', '/');
      JsonNode type = merge(defaults, wanted).at(pointer).path(SectionTypes.TYPE);
      if (entry.getValue().get(type.asText()) instanceof ObjectNode keys) {
        int last = pointer.lastIndexOf('/');
        ObjectNode section = keys.deepCopy().set(SectionTypes.TYPE, type);
        ObjectNode parent =
            last == 0 ? defaults : (ObjectNode) defaults.at(pointer.substring(0, last));
        parent.set(pointer.substring(last + 1), section);
      }
    }
  }

  /**
   * Fills in the separator of an environment of named tokens where it is absent: nothing if every
   * token's name is one character, else a hyphen.
   */
  static void deriveSeparator(ObjectNode tree) {
    if (tree.get("environment") instanceof ObjectNode environment
        && !environment.hasNonNull(SEPARATOR)
        && namesTokens(environment.path(SectionTypes.TYPE).asText())) {
      boolean single =
          StreamSupport.stream(environment.path("tokens").spliterator(), false)
              .map(JsonNode::asText)
              .allMatch(name -> name.codePointCount(0, name.length()) <= 1);
      environment.put(SEPARATOR, single ? "" : "-");
    }
  }

  /**
   * Fills in the inverse temperature to evaluate at where the user names none and the model answers
   * one alone.
   *
   * @param tree every effective value, changed in place
   * @param wanted what the user says
   */
  static void deriveEvaluationBetas(ObjectNode tree, ObjectNode wanted) {
    JsonNode beta = tree.at("/training/beta");
    if (tree.at("/policy/conditioning/type").asText().equals("none")
        && wanted.at("/evaluation/betas").isMissingNode()
        && beta.path(SectionTypes.TYPE).asText().equals("constant")
        && beta.has("value")
        && tree.get("evaluation") instanceof ObjectNode evaluation) {
      evaluation.putArray("betas").add(beta.get("value"));
    }
  }

  private static boolean namesTokens(String type) {
    Class<?> environment = SectionTypes.of(EnvironmentConfig.class).get(type);
    return environment != null && EnvironmentConfig.NamedTokens.class.isAssignableFrom(environment);
  }
}
