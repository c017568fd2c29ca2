package io.logitflow.trainer.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.config.ConfigSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code config}: tells what a config may say. */
@Command(
    name = "config",
    description = "Tells what a training config may say.",
    sortOptions = false)
final class ConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--schema",
      description = "Print the JSON Schema of configs, for editors. Required.")
  private boolean schema;

  @Override
  public Integer call() {
    if (!schema) {
      throw new InvalidInputException("config", "no option", "--schema");
    }
    spec.commandLine().getOut().println(ConfigSchema.json());
    spec.commandLine().getOut().flush();
    return 0;
  }
}
