package io.logitflow.trainer.command;

import io.logitflow.contract.InvalidInputException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code bench}: measures how fast a stage is. */
@Command(
    name = "bench",
    description = "Measures how fast a stage is.",
    subcommands = BenchTrainCommand.class)
final class BenchCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw new InvalidInputException("bench", "nothing", "train or sample");
  }
}
