package io.logitflow.contract.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

  /** Returns what a user reads: a line, or two where options and parameters are missing. */
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
      return Stream.of(true, false)
          .map(options -> missing.getMissing().stream().filter(a -> a.isOption() == options))
          .map(Stream::toList)
          .filter(arguments -> !arguments.isEmpty())
          .map(ArgumentFault::missing)
          .collect(Collectors.joining("\n"));
    }
    if (fault instanceof OverwrittenOptionException repeated) {
      return new Problem(nameOf(repeated.getOverwritten()), "more than one", "one").toString();
    }
    ArgSpec argument = fault.getArgSpec();
    if (argument != null && fault.getCause() instanceof InvalidInputException refused) {
      Problem problem = refused.problems().get(0);
      return new Problem(nameOf(argument), problem.found(), problem.expected()).toString();
    }
    if (argument != null && fault.getValue() != null) {
      String found = fault.getValue().isBlank() ? "nothing" : fault.getValue();
      return new Problem(nameOf(argument), found, expectedOf(argument)).toString();
    }
    return String.valueOf(fault.getMessage()).replaceAll("\\s+", " ");
  }

  /** Words that options are missing, or that parameters are. */
  private static String missing(List<ArgSpec> arguments) {
    String names = arguments.stream().map(ArgumentFault::nameOf).collect(Collectors.joining(", "));
    String values =
        arguments.stream().map(ArgumentFault::valueOf).collect(Collectors.joining(", "));
    return new Problem(names, "nothing", values).toString();
  }

  /** Returns what to give; the label of a parameter is its name already. */
  private static String valueOf(ArgSpec argument) {
    if (argument.isOption()) {
      return argument.paramLabel();
    }
    String sentence = String.join(" ", argument.description());
    return sentence.substring(0, 1).toLowerCase(Locale.ROOT)
        + sentence.substring(1).replaceFirst("\\.$", "");
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
