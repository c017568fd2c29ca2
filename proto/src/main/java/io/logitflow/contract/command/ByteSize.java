package io.logitflow.contract.command;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number of bytes as a user writes it: plain, or in KiB, MiB or GiB.
 *
 * @param bytes the number
 */
public record ByteSize(long bytes) {
  /** Reads sizes. */
  public static final class Converter implements ITypeConverter<ByteSize> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(KiB|MiB|GiB)?");
    private static final Map<String, Long> UNITS =
        Map.of("KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    @Override
    public ByteSize convert(String text) {
      Matcher size = SIZE.matcher(text);
      if (!size.matches()) {
        throw new TypeConversionException("no size");
      }
      String unit = size.group(2);
      return new ByteSize(Long.parseLong(size.group(1)) * (unit == null ? 1 : UNITS.get(unit)));
    }
  }
}
