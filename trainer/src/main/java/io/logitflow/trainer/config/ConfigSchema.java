package io.logitflow.trainer.config;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.therapi.runtimejavadoc.Comment;
import com.github.therapi.runtimejavadoc.CommentFormatter;
import com.github.therapi.runtimejavadoc.ParamJavadoc;
import com.github.therapi.runtimejavadoc.RuntimeJavadoc;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.MemberScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON Schema (draft 2020-12) of config files, for editors: keys, types and constraints from
 * the records, descriptions from their Javadoc, defaults from the module's YAML. A key is required
 * where the loader has no value for it. What must hold between keys is the loader's to check.
 */
public final class ConfigSchema {
  private static final String TYPE = "type";
  private static final String PROPERTIES = "properties";
  private static final String REQUIRED = "required";
  private static final String ALTERNATIVES = "anyOf";

  private ConfigSchema() {}

  /** Returns the schema, indented. */
  public static String json() {
    // A copy, since the generator puts the same node wherever the same type stands.
    ObjectNode schema =
        new SchemaGenerator(generator().build()).generateSchema(TrainerConfig.class).deepCopy();
    schema.put("title", "LogitFlow training config");
    addDefaults("", schema, ConfigLoader.defaults());
    return schema.toPrettyString();
  }

  private static SchemaGeneratorConfigBuilder generator() {
    SchemaGeneratorConfigBuilder generator =
        new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .with(
                Option.INLINE_ALL_SCHEMAS,
                Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT,
                Option.ALLOF_CLEANUP_AT_THE_END)
            .with(
                new JacksonModule(
                    JacksonOption.FLATTENED_ENUMS_FROM_JSONPROPERTY,
                    JacksonOption.INLINE_TRANSFORMED_SUBTYPES))
            .with(new JakartaValidationModule());
    generator
        .forFields()
        .withPropertyNameOverrideResolver(field -> ConfigMapper.key(field.getName()))
        .withRequiredCheck(ConfigSchema::isRequired)
        .withDescriptionResolver(ConfigSchema::description);
    generator
        .forTypesInGeneral()
        .withCustomDefinitionProvider(ConfigSchema::fileName)
        .withDescriptionResolver(
            scope ->
                scope.getType().getErasedType().getPackage() == ConfigSchema.class.getPackage()
                    ? text(RuntimeJavadoc.getJavadoc(scope.getType().getErasedType()).getComment())
                    : null)
        .withPropertySorter(Comparator.comparing(MemberScope::isFakeContainerItemScope));
    return generator;
  }

  private static boolean isRequired(FieldScope field) {
    return !field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class)
        && !field.getDeclaredName().equals(ConfigLayers.SEPARATOR);
  }

  private static @Nullable String description(FieldScope field) {
    if (field.isFakeContainerItemScope()) {
      return null;
    }
    return RuntimeJavadoc.getJavadoc(field.getDeclaringType().getErasedType())
        .getRecordComponents()
        .stream()
        .filter(component -> component.getName().equals(field.getDeclaredName()))
        .map(ParamJavadoc::getComment)
        .map(ConfigSchema::text)
        .findFirst()
        .orElse(null);
  }

  private static String text(Comment comment) {
    return new CommentFormatter().format(comment).replaceAll("<[^>]*>", "").replaceAll("\\s+", " ");
  }

  private static @Nullable CustomDefinition fileName(
      ResolvedType type, SchemaGenerationContext context) {
    if (!type.isInstanceOf(Path.class)) {
      return null;
    }
    ObjectNode text = context.getGeneratorConfig().createObjectNode();
    return new CustomDefinition(text.put(TYPE, "string").put("minLength", 1), true);
  }

  /** Adds the default of every key that has one, and lets such keys be absent. */
  private static void addDefaults(String path, ObjectNode section, ObjectNode defaults) {
    JsonNode alternatives = section.remove(ALTERNATIVES);
    if (alternatives != null) {
      // Their types tell them apart, so that at most one can hold.
      section.set("oneOf", alternatives);
      for (JsonNode alternative : alternatives) {
        unite((ObjectNode) alternative, section);
        addDefaults(path, (ObjectNode) alternative, defaults);
      }
      return;
    }
    unite(section, section);
    JsonNode properties = section.path(PROPERTIES);
    JsonNode type = properties.path(TYPE).path("const");
    ObjectNode ofType = type.equals(defaults.path(TYPE)) ? defaults : defaults(path, type);
    for (Map.Entry<String, JsonNode> property : properties.properties()) {
      String key = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
      ObjectNode schema = (ObjectNode) property.getValue();
      JsonNode value = ofType.get(property.getKey());
      addDefaults(key, schema, value instanceof ObjectNode nested ? nested : ofType.objectNode());
      if (value != null && !value.isObject()) {
        schema.set("default", value);
      }
    }
    dropRequired(section, ofType);
  }

  /** Returns the defaults of a section of another type than the usual one. */
  private static ObjectNode defaults(String path, JsonNode type) {
    ObjectNode byType = ConfigLoader.defaultsByType();
    return byType.path(path).get(type.asText()) instanceof ObjectNode keys
        ? keys
        : byType.objectNode();
  }

  /** Takes the two parts of a section apart: what its type says and what its key says. */
  private static void unite(ObjectNode typed, ObjectNode keyed) {
    JsonNode parts = typed.remove("allOf");
    if (parts != null) {
      typed.setAll((ObjectNode) parts.get(0));
      keyed.setAll((ObjectNode) parts.get(1));
    }
  }

  private static void dropRequired(ObjectNode section, ObjectNode defaults) {
    if (section.get(REQUIRED) instanceof ArrayNode required) {
      for (Iterator<JsonNode> names = required.iterator(); names.hasNext(); ) {
        if (defaults.has(names.next().asText())) {
          names.remove();
        }
      }
    }
  }
}
