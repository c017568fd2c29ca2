package io.logitflow.contract.command;

import io.logitflow.contract.Problem;
import java.util.Collection;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Words what picocli refuses as every other fault of an input: name, found, expected. */
final class ArgumentFault {
  private final Collection<String> commandNames;

  /**
   * Creates the wording for a process.
   *
   * @param commandNames the commands that a user may name
   */
  ArgumentFault(Collection<String> commandNames) {
    this.commandNames = commandNames;
  }

  /** Returns the one line that a user reads. */
  String line(ParameterException fault) {
    CommandLine command = fault.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    if (fault instanceof UnmatchedArgumentException unmatched) {
      String argument = unmatched.getUnmatched().get(0);
      if (unmatched.isUnknownOption()) {
        return new Problem(
                argument, "an unknown option", "an option that " + name + " --help lists")
            .toString();
      }
      if (command.getParent() == null) {
        return new Problem("command", argument, "one of " + String.join(", ", commandNames))
            .toString();
      }
      String expected =
          command.getSubcommands().isEmpty()
              ? "nothing there"
              : String.join(" or ", command.getSubcommands().keySet());
      return new Problem(name, argument, expected).toString();
    }
    if (fault instanceof MissingParameterException missing) {
      String names =
          missing.getMissing().stream()
              .map(ArgumentFault::nameOf)
              .collect(Collectors.joining(", "));
      String values =
          missing.getMissing().stream().map(ArgSpec::paramLabel).collect(Collectors.joining(", "));
      return new Problem(names, "nothing", values).toString();
    }
    if (fault instanceof OverwrittenOptionException repeated) {
      return new Problem(nameOf(repeated.getOverwritten()), "more than one", "one").toString();
    }
    ArgSpec argument = fault.getArgSpec();
    if (argument != null && fault.getValue() != null) {
      String found = fault.getValue().isBlank() ? "nothing" : fault.getValue();
      return new Problem(nameOf(argument), found, expectedOf(argument)).toString();
    }
    return String.valueOf(fault.getMessage()).replaceAll("\\s+", " ");
  }

  private static String nameOf(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static String expectedOf(ArgSpec argument) {
    Class<?> type = argument.auxiliaryTypes()[0];
    if (type == long.class || type == Long.class) {
      return "a whole number of up to 64 bits";
    }
    if (type == int.class || type == Integer.class) {
      return "a whole number of up to 32 bits";
    }
    return type == float.class ? "a number" : argument.paramLabel();
  }
}
