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
 * the records, descriptions from their Javadoc, defaults from {@code defaults.yaml}. A key is
 * required where the loader has no value for it. What must hold between keys is the loader's to
 * check.
 */
public final class ConfigSchema {
  private static final String TYPE = "type";
  private static final String PROPERTIES = "properties";
  private static final String REQUIRED = "required";
  private static final String ALTERNATIVES = "anyOf";

  private ConfigSchema() {}

  /** Returns the schema, indented. */
  public static String json() {
    ObjectNode schema =
        new SchemaGenerator(generator().build()).generateSchema(TrainerConfig.class);
    schema.put("title", "LogitFlow training config");
    addDefaults(schema, ConfigLoader.defaults());
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
  private static void addDefaults(ObjectNode section, ObjectNode defaults) {
    JsonNode alternatives = section.remove(ALTERNATIVES);
    if (alternatives != null) {
      // Their types tell them apart, so that at most one can hold.
      section.set("oneOf", alternatives);
      for (JsonNode alternative : alternatives) {
        unite((ObjectNode) alternative, section);
        addDefaults((ObjectNode) alternative, defaults);
      }
      return;
    }
    unite(section, section);
    JsonNode properties = section.path(PROPERTIES);
    if (!properties.path(TYPE).path("const").equals(defaults.path(TYPE))) {
      properties.forEach(property -> addDefaults((ObjectNode) property, noDefaults(defaults)));
      return;
    }
    for (Map.Entry<String, JsonNode> property : properties.properties()) {
      ObjectNode schema = (ObjectNode) property.getValue();
      JsonNode value = defaults.get(property.getKey());
      if (value instanceof ObjectNode nested) {
        addDefaults(schema, nested);
      } else {
        addDefaults(schema, noDefaults(defaults));
        if (value != null) {
          schema.set("default", value);
        }
      }
    }
    dropRequired(section, defaults);
  }

  /** Takes the two parts of a section apart: what its type says and what its key says. */
  private static void unite(ObjectNode typed, ObjectNode keyed) {
    JsonNode parts = typed.remove("allOf");
    if (parts != null) {
      typed.setAll((ObjectNode) parts.get(0));
      keyed.setAll((ObjectNode) parts.get(1));
    }
  }

  private static ObjectNode noDefaults(ObjectNode defaults) {
    return defaults.objectNode();
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
