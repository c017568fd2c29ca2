package io.logitflow.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Which YAML scalars stand for a value of a Java type: nothing is converted behind one's back. */
final class Scalars {
  private Scalars() {}

  /**
   * Checks a value.
   *
   * @param value a node of any kind
   * @param type the type of a record's component, or of its elements
   * @return what was expected instead, or empty if the value is right
   */
  static Optional<String> expectation(JsonNode value, Class<?> type) {
    if (type.isEnum()) {
      List<String> names = names(type);
      return unless(
          value.isTextual() && names.contains(value.asText()),
          "one of " + String.join(", ", names));
    }
    return switch (type.getSimpleName()) {
      case "int", "Integer" -> integer(value, value.canConvertToInt(), Integer.SIZE);
      case "long", "Long" -> integer(value, value.canConvertToLong(), Long.SIZE);
      case "float", "Float" ->
          unless(value.isNumber() && Float.isFinite(value.floatValue()), "a finite number");
      case "double", "Double" ->
          unless(value.isNumber() && Double.isFinite(value.doubleValue()), "a finite number");
      case "String" -> unless(value.isTextual(), value.isValueNode() ? "text in quotes" : "text");
      case "Path" -> unless(value.isTextual() && isPath(value.asText()), "a file's name");
      default -> throw new IllegalArgumentException("no scalar: " + type);
    };
  }

  private static Optional<String> integer(JsonNode value, boolean fits, int bits) {
    String expected = "an integer" + (value.isIntegralNumber() ? " of " + bits + " bits" : "");
    return unless(value.isIntegralNumber() && fits, expected);
  }

  private static Optional<String> unless(boolean right, String expected) {
    return right ? Optional.empty() : Optional.of(expected);
  }

  private static List<String> names(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> (String) ConfigMapper.toValue(constant, String.class))
        .toList();
  }

  private static boolean isPath(String name) {
    try {
      return !Path.of(name).toString().isEmpty();
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
