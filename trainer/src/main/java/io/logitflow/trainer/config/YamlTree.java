package io.logitflow.trainer.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.logitflow.contract.InvalidInputException;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * One YAML document as a tree. Unlike Jackson's own reading it keeps a number that is not finite,
 * so that it can be reported with its path, and refuses aliases, which Jackson takes for text.
 */
final class YamlTree {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private YamlTree() {}

  /**
   * Reads a document.
   *
   * @param source the document's name, for messages
   * @param yaml the document
   * @return its tree; null stands for a document without content
   * @throws InvalidInputException if it is not YAML, has a key twice, an alias, or a second
   *     document behind it
   */
  static JsonNode parse(String source, String yaml) {
    try (JsonParser parser = ConfigMapper.parser(yaml)) {
      JsonNode tree = parser.nextToken() == null ? NODES.nullNode() : node(source, parser);
      if (parser.nextToken() != null) {
        throw fault(source, parser.currentTokenLocation(), "a second document");
      }
      return tree;
    } catch (JsonProcessingException e) {
      if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
        Mark mark = marked.getProblemMark();
        throw fault(source, mark.getLine() + 1, mark.getColumn() + 1, marked.getProblem());
      }
      throw fault(source, e.getLocation(), e.getOriginalMessage());
    } catch (IOException e) {
      throw new IllegalStateException("a string was read", e);
    }
  }

  private static JsonNode node(String source, JsonParser parser) throws IOException {
    if (((YAMLParser) parser).isCurrentAlias()) {
      throw fault(source, parser.currentTokenLocation(), "an alias, *" + parser.getText());
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          parser.nextToken();
          object.set(key, node(source, parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(node(source, parser));
        }
        yield array;
      }
      case VALUE_NUMBER_INT -> NODES.numberNode(parser.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(floating(parser));
      case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(parser.getBooleanValue());
      case VALUE_NULL -> NODES.nullNode();
      default -> NODES.textNode(parser.getText());
    };
  }

  private static double floating(JsonParser parser) throws IOException {
    try {
      return parser.getDoubleValue();
    } catch (JsonParseException e) {
      String text = parser.getText();
      if (text.toLowerCase(Locale.ROOT).endsWith("nan")) {
        return Double.NaN;
      }
      return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
  }

  private static InvalidInputException fault(
      String source, @Nullable JsonLocation location, String found) {
    return location == null
        ? new InvalidInputException(source, oneLine(found), "one YAML document")
        : fault(source, location.getLineNr(), location.getColumnNr(), found);
  }

  private static InvalidInputException fault(String source, int line, int column, String found) {
    return new InvalidInputException(
        source + ":" + line + ":" + column, oneLine(found), "one YAML document");
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
