package io.logitflow.contract.command;

import io.logitflow.contract.InvalidInputException;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Refuses a list of numbers with nothing before or after one of its commas, for options with {@code
 * split}: picocli leaves out what is empty at the end.
 */
public final class CommaSeparated implements IParameterPreprocessor {
  @Override
  public boolean preprocess(
      Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> info) {
    String list = arguments.isEmpty() ? "" : arguments.peek();
    for (String part : list.split(",", -1)) {
      if (part.isBlank() && !list.isBlank()) {
        InvalidInputException fault =
            new InvalidInputException(
                "list", "\"" + list + "\"", "a number before and after each comma");
        throw new ParameterException(
            command.commandLine(), String.valueOf(fault.getMessage()), fault, option, list);
      }
    }
    return false;
  }
}
