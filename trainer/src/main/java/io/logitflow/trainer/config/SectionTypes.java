package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The records that a section of a config may be: one, or one for each {@code type}. */
final class SectionTypes {
  /** Key of a section that says which record it is. */
  static final String TYPE = "type";

  private SectionTypes() {}

  /**
   * Returns the records of a section by their types, none where it has no {@code type}.
   *
   * @param declared what the section's component is declared as
   */
  static Map<String, Class<?>> of(Class<?> declared) {
    Map<String, Class<?>> types = new LinkedHashMap<>();
    JsonSubTypes subtypes = declared.getAnnotation(JsonSubTypes.class);
    if (subtypes != null) {
      Arrays.stream(subtypes.value()).forEach(type -> types.put(type.name(), type.value()));
    }
    return types;
  }

  /** Returns the keys of a record, but for {@code type}. */
  static List<String> keys(Class<?> record) {
    return Arrays.stream(record.getRecordComponents())
        .map(component -> ConfigMapper.key(component.getName()))
        .toList();
  }

  /**
   * Writes the types of sections that leave them out: those of the defaults.
   *
   * @param section a section, changed in place
   * @param declared what it is declared as
   * @param defaults the defaults of its keys, anything where there are none
   */
  static void name(ObjectNode section, Class<?> declared, JsonNode defaults) {
    if (!of(declared).isEmpty() && !section.hasNonNull(TYPE)) {
      String usual = defaults.path(TYPE).asText(withoutType(declared));
      if (usual != null) {
        section.put(TYPE, usual);
      }
    }
    Class<?> record = record(declared, section);
    if (record != null) {
      for (RecordComponent component : record.getRecordComponents()) {
        String key = ConfigMapper.key(component.getName());
        if (section.get(key) instanceof ObjectNode nested) {
          name(nested, component.getType(), defaults.path(key));
        }
      }
    }
  }

  /**
   * Finds what a section is declared as.
   *
   * @param tree a config whose sections name their types
   * @param path the section's path
   * @return null where there is no such section
   */
  static @Nullable Class<?> declared(ObjectNode tree, String path) {
    Class<?> declared = TrainerConfig.class;
    JsonNode section = tree;
    for (String key : path.split("\\.", -1)) {
      Class<?> record = record(declared, section);
      int place = record == null ? -1 : keys(record).indexOf(key);
      if (record == null || place < 0) {
        return null;
      }
      declared = record.getRecordComponents()[place].getType();
      section = section.path(key);
    }
    return declared;
  }

  private static @Nullable Class<?> record(Class<?> declared, JsonNode section) {
    return declared.isRecord() ? declared : of(declared).get(section.path(TYPE).asText());
  }

  /** Returns the type of a section that names none and has no default, null where it must. */
  private static @Nullable String withoutType(Class<?> declared) {
    JsonTypeInfo info = declared.getAnnotation(JsonTypeInfo.class);
    return of(declared).entrySet().stream()
        .filter(type -> info != null && type.getValue().equals(info.defaultImpl()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }
}
