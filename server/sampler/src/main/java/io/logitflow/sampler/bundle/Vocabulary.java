package io.logitflow.sampler.bundle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The alphabet of a bundle, and how an object is written as text. A token takes one byte where
 * there are up to 256, otherwise two, little-endian.
 */
public final class Vocabulary {
  private final List<String> names;
  private final String separator;

  /**
   * Creates an alphabet.
   *
   * @param vocabulary the manifest's, already validated
   */
  public Vocabulary(io.logitflow.v1.Vocabulary vocabulary) {
    names = List.copyOf(vocabulary.getTokensList());
    separator = vocabulary.getSeparator();
  }

  /** Returns the number of tokens. */
  public int size() {
    return names.size();
  }

  /** Returns the bytes that a token takes in a row: 1 or 2. */
  public int bytesPerToken() {
    return size() <= BundleFormat.LARGEST_BYTE_VOCABULARY ? 1 : 2;
  }

  /**
   * Returns an object's text: the names of its tokens, joined by the separator.
   *
   * @param tokens rows {@code [n, S]}
   * @param offset of the object's first token, in bytes
   * @param length tokens of the object
   * @throws IndexOutOfBoundsException if there is no such token
   */
  public String text(ByteBuffer tokens, int offset, int length) {
    ByteBuffer littleEndian = tokens.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    StringBuilder text = new StringBuilder();
    for (int position = 0; position < length; position++) {
      int token =
          bytesPerToken() == 1
              ? littleEndian.get(offset + position) & 0xFF
              : littleEndian.getShort(offset + 2 * position) & 0xFFFF;
      text.append(position == 0 ? "" : separator).append(names.get(token));
    }
    return text.toString();
  }
}
