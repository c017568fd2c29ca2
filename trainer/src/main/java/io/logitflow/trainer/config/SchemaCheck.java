package io.logitflow.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitflow.contract.Problem;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path.Node;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.jspecify.annotations.Nullable;

/**
 * One walk over a config's tree beside the records that it will be bound to, which collects every
 * unknown and missing key, wrong type, and value that the records' constraints refuse.
 *
 * <p>Jackson stops at its first fault, and what a parser has half bound cannot be validated; so the
 * tree is checked before it is bound.
 */
final class SchemaCheck {
  private static final Validator VALIDATOR =
      Validation.byDefaultProvider()
          .configure()
          .messageInterpolator(new ParameterMessageInterpolator())
          .buildValidatorFactory()
          .getValidator();

  private static final int WHOLE_VALUE = -1;

  private final List<Problem> problems = new ArrayList<>();

  private SchemaCheck() {}

  /**
   * Checks a tree.
   *
   * @param tree a whole config, defaults filled in
   * @return the faults, their subjects the keys' paths; none if the tree can be bound
   */
  static List<Problem> check(ObjectNode tree) {
    SchemaCheck check = new SchemaCheck();
    check.checkRecord("", tree, TrainerConfig.class, List.of());
    return check.problems;
  }

  private void checkRecord(String path, JsonNode section, Class<?> type, List<String> furtherKeys) {
    int earlier = problems.size();
    List<String> keys = new ArrayList<>(furtherKeys);
    for (RecordComponent component : type.getRecordComponents()) {
      String key = ConfigMapper.key(component.getName());
      keys.add(key);
      checkComponent(path.isEmpty() ? key : path + "." + key, section.path(key), component);
    }
    for (Map.Entry<String, JsonNode> entry : section.properties()) {
      if (!keys.contains(entry.getKey())) {
        String subject = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
        report(subject, "unknown key", "one of " + String.join(", ", keys));
      }
    }
    if (problems.size() == earlier) {
      problems.addAll(CrossFieldChecks.check(path, ConfigMapper.toValue(section, type)));
    }
  }

  private void checkComponent(String path, JsonNode value, RecordComponent component) {
    boolean isAbsent = value.isMissingNode() || value.isNull();
    if (isAbsent && component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
      return;
    }
    int earlier = problems.size();
    checkValue(path, value, component.getGenericType());
    if (isSection(component.getType())) {
      return;
    }
    if (problems.size() == earlier) {
      checkConstraints(path, value, component);
    } else if (value.isArray() && component.getGenericType() instanceof ParameterizedType) {
      Set<String> wrong = problems.stream().map(Problem::subject).collect(Collectors.toSet());
      for (int i = 0; i < value.size(); i++) {
        if (!wrong.contains(entry(path, i))) {
          checkEntry(path, i, value.get(i), component);
        }
      }
    }
  }

  private void checkValue(String path, JsonNode value, Type type) {
    if (type instanceof ParameterizedType list) {
      if (!value.isArray()) {
        report(path, found(value), "a list");
        return;
      }
      for (int i = 0; i < value.size(); i++) {
        checkValue(entry(path, i), value.get(i), list.getActualTypeArguments()[0]);
      }
    } else if (isSection((Class<?>) type)) {
      checkSection(path, value, (Class<?>) type);
    } else {
      Scalars.expectation(value, (Class<?>) type)
          .ifPresent(expected -> report(path, found(value), expected));
    }
  }

  private void checkSection(String path, JsonNode value, Class<?> type) {
    Map<String, Class<?>> subtypes = SectionTypes.of(type);
    if (!value.isObject()) {
      String key = subtypes.isEmpty() ? SectionTypes.keys(type).get(0) : SectionTypes.TYPE;
      report(path, found(value), "a section with the key " + key);
    } else if (subtypes.isEmpty()) {
      checkRecord(path, value, type, List.of());
    } else {
      JsonNode name = value.path(SectionTypes.TYPE);
      Class<?> subtype = name.isTextual() ? subtypes.get(name.asText()) : null;
      if (subtype == null) {
        report(path + ".type", found(name), "one of " + String.join(", ", subtypes.keySet()));
      } else {
        checkRecord(path, value, subtype, List.of(SectionTypes.TYPE));
      }
    }
  }

  private void checkConstraints(String path, JsonNode value, RecordComponent component) {
    violations(value, component)
        .forEach(
            (entry, violation) -> {
              Object refused = violation.getInvalidValue();
              report(
                  entry == WHOLE_VALUE ? path : entry(path, entry),
                  refused instanceof List<?> list ? "a list of " + list.size() : "" + refused,
                  violation.getMessage());
            });
  }

  /** Checks an entry of a list that has no type as a whole, since another entry has a wrong one. */
  private void checkEntry(String path, int place, JsonNode value, RecordComponent component) {
    ConstraintViolation<?> violation =
        violations(JsonNodeFactory.instance.arrayNode().add(value), component).get(0);
    if (violation != null) {
      report(entry(path, place), "" + violation.getInvalidValue(), violation.getMessage());
    }
  }

  /** Returns what a component's constraints refuse of a value: entries by their place in it. */
  private static Map<Integer, ConstraintViolation<?>> violations(
      JsonNode value, RecordComponent component) {
    Map<Integer, ConstraintViolation<?>> byEntry =
        new TreeMap<>(); // The validator's set has no order.
    for (ConstraintViolation<?> violation :
        VALIDATOR.validateValue(
            component.getDeclaringRecord(),
            component.getName(),
            ConfigMapper.toValue(value, component.getGenericType()))) {
      byEntry.put(entry(violation), violation);
    }
    return byEntry;
  }

  private static String entry(String path, int place) {
    return path + "[" + place + "]";
  }

  private static int entry(ConstraintViolation<?> violation) {
    int entry = WHOLE_VALUE;
    for (Node node : violation.getPropertyPath()) {
      Integer index = node.getIndex();
      entry = index == null ? entry : index;
    }
    return entry;
  }

  private void report(String path, String found, String expected) {
    problems.add(new Problem(path, found, expected));
  }

  private static boolean isSection(Class<?> type) {
    return type.isRecord() || type.isSealed();
  }

  private static String found(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "nothing";
    }
    if (value.isNumber()) {
      return value.asText(); // In JSON a number that is not finite would be quoted.
    }
    return value.isObject() ? "a section" : value.isArray() ? "a list" : value.toString();
  }
}
