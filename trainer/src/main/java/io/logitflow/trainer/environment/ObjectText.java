package io.logitflow.trainer.environment;

import io.logitflow.contract.InvalidInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The text form of an environment's objects: the names of their tokens, joined by a separator.
 *
 * <p>Where the separator is empty every name is one code point; else no name contains it. So a text
 * has one reading.
 */
public final class ObjectText {
  private static final int SHOWN_TOKENS = 20;
  private static final int SHOWN_CHARACTERS = 80;

  private final List<String> tokens;
  private final String separator;
  private final int minimumLength;
  private final int maximumLength;
  private final Map<String, Integer> ids = new HashMap<>();

  /**
   * Creates the text form of an environment's objects.
   *
   * @param environment whose objects they are
   */
  public ObjectText(Environment environment) {
    this.tokens = environment.tokens();
    this.separator = environment.separator();
    this.minimumLength = environment.minimumLength();
    this.maximumLength = environment.maximumLength();
    for (int id = 0; id < tokens.size(); id++) {
      ids.put(tokens.get(id), id);
    }
  }

  /**
   * Reads an object.
   *
   * @param subject where the text stands (a field, or a file and line), for the message of a fault
   * @param text the object
   * @return token ids, as many as the object has
   * @throws InvalidInputException if a token is unknown or the number of tokens is wrong
   */
  public int[] parse(String subject, String text) {
    List<String> names = split(text);
    for (String name : names) {
      if (!ids.containsKey(name)) {
        throw new InvalidInputException(
            subject, "token " + shown(name) + " in " + shown(text), "tokens among " + alphabet());
      }
    }
    if (names.size() < minimumLength || names.size() > maximumLength) {
      String expected =
          (minimumLength < maximumLength ? minimumLength + " to " : "") + count(maximumLength);
      throw new InvalidInputException(
          subject, shown(text) + " of " + count(names.size()), expected);
    }
    return names.stream().mapToInt(ids::get).toArray();
  }

  /**
   * Writes one object of a batch.
   *
   * @param objects objects of the environment
   * @param row 0 to N - 1
   */
  public String format(ObjectBatch objects, int row) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < objects.lengths()[row]; i++) {
      names.add(tokens.get(objects.tokens()[row * objects.width() + i]));
    }
    return String.join(separator, names);
  }

  private List<String> split(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    List<String> names = new ArrayList<>(maximumLength);
    int start = 0;
    if (separator.isEmpty()) {
      while (start < text.length()) {
        int end = text.offsetByCodePoints(start, 1);
        names.add(text.substring(start, end));
        start = end;
      }
      return names;
    }
    for (int end = text.indexOf(separator); end >= 0; end = text.indexOf(separator, start)) {
      names.add(text.substring(start, end));
      start = end + separator.length();
    }
    names.add(text.substring(start));
    return names;
  }

  private String alphabet() {
    String names = String.join(", ", tokens.subList(0, Math.min(tokens.size(), SHOWN_TOKENS)));
    return tokens.size() > SHOWN_TOKENS ? names + ", ... (" + tokens.size() + " in all)" : names;
  }

  private static String count(int tokenCount) {
    return tokenCount == 1 ? "1 token" : tokenCount + " tokens";
  }

  /**
   * Makes a value of the user's fit for a message of one line: quoted, without control characters,
   * shortened if it is long.
   *
   * @param value what was read
   */
  public static String shown(String value) {
    StringBuilder line = new StringBuilder("\"");
    value
        .codePoints()
        .limit(SHOWN_CHARACTERS)
        .forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
    return line.append(value.length() > SHOWN_CHARACTERS ? "...\"" : "\"").toString();
  }
}
