package io.logitflow.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Every command of the tool, in the order of their use, also those that other processes run. */
final class CommandList {
  private static final Map<String, String> COMMANDS = commands();

  private CommandList() {}

  /** Returns the names. */
  static Set<String> names() {
    return COMMANDS.keySet();
  }

  /** Returns one line for each command. */
  static String text() {
    StringBuilder text = new StringBuilder();
    COMMANDS.forEach((name, purpose) -> text.append(String.format("  %-10s  %s%n", name, purpose)));
    return text.toString();
  }

  private static Map<String, String> commands() {
    Map<String, String> commands = new LinkedHashMap<>();
    commands.put(
        "quickstart", "Trains, exports, serves and samples the TFBind8 example; shows the result.");
    commands.put("train", "Trains a model from a configuration; writes a checkpoint.");
    commands.put("evaluate", "Measures how close a checkpoint's model is to its target.");
    commands.put("compare", "Shows several training runs on the same axes.");
    commands.put(
        "reproduce", "Trains a published experiment's variants; writes a page of results.");
    commands.put("config", "Prints the JSON Schema of configurations, for editors.");
    commands.put("export", "Turns a checkpoint into a bundle of ONNX files.");
    commands.put("verify", "Checks a bundle, and against its checkpoint if that is given.");
    commands.put("inspect", "Shows what the graphs of a bundle are made of.");
    commands.put("serve", "Serves a bundle over gRPC.");
    commands.put("sample", "Draws candidates from a running server, as CSV.");
    commands.put("score", "Asks a running server how probable given objects are, as CSV.");
    commands.put("bench", "Measures how fast a stage is: bench train, bench sample.");
    return commands;
  }
}
