package io.logitflow.command.sample;

import io.logitflow.contract.InvalidInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/**
 * Tokens that may come at a place.
 *
 * @param place a step or a position
 * @param tokens as an object is written
 */
record AllowedTokens(int place, String tokens) {
  /** Reads {@code PLACE=TOKENS}. */
  private abstract static class Converter implements ITypeConverter<AllowedTokens> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})=(.*)");

    private final String expected;

    Converter(String place) {
      this.expected = place + "=TOKENS, such as 1=AC";
    }

    @Override
    public AllowedTokens convert(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new InvalidInputException("entry", "\"" + text + "\"", expected);
      }
      return new AllowedTokens(Integer.parseInt(form.group(1)), form.group(2));
    }
  }

  /** Reads {@code STEP=TOKENS}. */
  static final class AtStep extends Converter {
    AtStep() {
      super("STEP");
    }
  }

  /** Reads {@code POSITION=TOKENS}. */
  static final class AtPosition extends Converter {
    AtPosition() {
      super("POSITION");
    }
  }
}
