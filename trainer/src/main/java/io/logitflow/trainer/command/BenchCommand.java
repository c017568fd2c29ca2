package io.logitflow.trainer.command;

import io.logitflow.contract.InvalidInputException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code bench}: measures how fast a stage is. {@code bench sample} is the exporter's, to which the
 * launcher goes of itself.
 */
@Command(
    name = "bench",
    description =
        "Measures how fast a stage is: bench train, or bench sample, which has its own --help.",
    subcommands = BenchTrainCommand.class)
final class BenchCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "STAGE", hidden = true)
  private String stage = "nothing";

  @Override
  public Integer call() {
    throw new InvalidInputException("bench", stage, "train or sample");
  }
}
