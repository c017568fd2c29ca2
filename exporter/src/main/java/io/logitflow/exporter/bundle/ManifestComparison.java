package io.logitflow.exporter.bundle;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.logitflow.contract.Problem;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.v1.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The differences of two manifests, field by field, as faults of the one that was found. */
final class ManifestComparison {
  private static final TextFormat.Printer TEXT = TextFormat.printer().escapingNonAscii(false);

  private final String source;
  private final List<Problem> problems = new ArrayList<>();

  private ManifestComparison(String source) {
    this.source = source;
  }

  /**
   * Compares manifests.
   *
   * @param found what a bundle says
   * @param expected what it should say
   * @param source who says so, such as {@code its config}
   * @return the fields that differ; of a list, its size or the first entry that differs
   */
  static List<Problem> differences(Manifest found, Manifest expected, String source) {
    ManifestComparison comparison = new ManifestComparison(source);
    comparison.compare(BundleFormat.MANIFEST_FILE + " ", found, expected);
    return comparison.problems;
  }

  private void compare(String path, Message found, Message expected) {
    for (FieldDescriptor field : expected.getDescriptorForType().getFields()) {
      String name = path + field.getJsonName();
      if (field.isRepeated()) {
        compareList(
            name, field, (List<?>) found.getField(field), (List<?>) expected.getField(field));
      } else if (field.getJavaType() == JavaType.MESSAGE) {
        compare(name + ".", (Message) found.getField(field), (Message) expected.getField(field));
      } else {
        require(name, valueOf(field, found), valueOf(field, expected));
      }
    }
  }

  private void compareList(String name, FieldDescriptor field, List<?> found, List<?> expected) {
    if (found.size() != expected.size()) {
      require(name, found.size() + " entries", Integer.toString(expected.size()));
      return;
    }
    for (int index = 0; index < found.size(); index++) {
      if (!found.get(index).equals(expected.get(index))) {
        require(
            name + "[" + index + "]",
            text(field, found.get(index)),
            text(field, expected.get(index)));
        return;
      }
    }
  }

  private static String valueOf(FieldDescriptor field, Message message) {
    boolean absent = field.hasPresence() && !message.hasField(field);
    return absent ? "nothing" : text(field, message.getField(field));
  }

  private static String text(FieldDescriptor field, Object value) {
    StringBuilder text = new StringBuilder();
    try {
      TEXT.printFieldValue(field, value, text);
    } catch (IOException e) {
      throw new AssertionError("a string builder takes every text", e);
    }
    return text.toString();
  }

  private void require(String name, String found, String expected) {
    if (!found.equals(expected)) {
      problems.add(new Problem(name, found, expected + ", as " + source + " says"));
    }
  }
}
