package io.logitflow.client;

import com.google.protobuf.ByteString;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The token ids of objects that are given as text. */
final class ObjectTokens {
  /** Faults of objects that are named each; the rest is counted. */
  private static final int MOST_FAULTS = 10;

  private final TokenNames vocabulary;
  private final int minimumLength;
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<int[]> objects = new ArrayList<>();

  private ObjectTokens(TokenNames vocabulary, int minimumLength) {
    this.vocabulary = vocabulary;
    this.minimumLength = Math.max(1, minimumLength);
    for (int id = 0; id < vocabulary.names().size(); id++) {
      ids.put(vocabulary.names().get(id), id);
    }
  }

  /**
   * Reads objects.
   *
   * @param vocabulary the model's
   * @param minimumLength fewest tokens of an object
   * @param texts the objects
   * @throws InvalidInputException if one has a token that the model does not have, or more or fewer
   *     than its objects have; the message has a line for each of the first ten
   */
  static ObjectTokens parse(TokenNames vocabulary, int minimumLength, List<String> texts) {
    ObjectTokens tokens = new ObjectTokens(vocabulary, minimumLength);
    List<Problem> problems = new ArrayList<>();
    int faults = 0;
    for (int i = 0; i < texts.size(); i++) {
      String expected = tokens.add(texts.get(i));
      if (!expected.isEmpty()) {
        faults++;
        if (faults <= MOST_FAULTS) {
          problems.add(new Problem("object " + i, "\"" + texts.get(i) + "\"", expected));
        }
      }
    }
    if (faults > MOST_FAULTS) {
      problems.add(
          new Problem(
              "objects", (faults - MOST_FAULTS) + " further faults", "objects of the model"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
    return tokens;
  }

  /** Reads one more object and returns what was expected of it, nothing if it is one. */
  private String add(String text) {
    String[] names =
        vocabulary.separator().isEmpty()
            ? text.codePoints().mapToObj(Character::toString).toArray(String[]::new)
            : Pattern.compile(Pattern.quote(vocabulary.separator())).split(text, -1);
    int longest = vocabulary.rowWidth();
    if (text.isEmpty() || names.length < minimumLength || names.length > longest) {
      return (minimumLength == longest ? "" : minimumLength + " to ") + longest + " tokens";
    }
    int[] object = new int[names.length];
    for (int place = 0; place < names.length; place++) {
      Integer id = ids.get(names[place]);
      if (id == null) {
        return "tokens of the model, of which \"" + names[place] + "\" is none";
      }
      object[place] = id;
    }
    objects.add(object);
    return "";
  }

  /** Returns the number of tokens of an object. */
  int length(int i) {
    return objects.get(i).length;
  }

  /** Returns objects as the protocol packs them, row-major [end - first, S]. */
  ByteString packed(int first, int end) {
    int width = vocabulary.rowWidth();
    int bytes = vocabulary.bytesPerToken();
    byte[] packed = new byte[(end - first) * width * bytes];
    for (int i = first; i < end; i++) {
      int[] object = objects.get(i);
      for (int place = 0; place < object.length; place++) {
        int at = ((i - first) * width + place) * bytes;
        packed[at] = (byte) object[place];
        if (bytes == 2) {
          packed[at + 1] = (byte) (object[place] >>> Byte.SIZE);
        }
      }
    }
    return ByteString.copyFrom(packed);
  }
}
