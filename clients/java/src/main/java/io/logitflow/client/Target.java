package io.logitflow.client;

import io.logitflow.contract.InvalidInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a sampler listens.
 *
 * @param host a name or an address, without brackets
 * @param port 1 to 65,535
 */
record Target(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([^:/\\s\\[\\]]+)):([0-9]{1,5})");
  private static final int LARGEST_PORT = 65_535;

  static Target parse(String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      int port = Integer.parseInt(form.group(3));
      if (port >= 1 && port <= LARGEST_PORT) {
        return new Target(form.group(1) == null ? form.group(2) : form.group(1), port);
      }
    }
    throw new InvalidInputException("target", text, "HOST:PORT with a port from 1 to 65535");
  }
}
