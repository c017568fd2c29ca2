package io.logitflow.exporter.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.command.ProviderOptions;
import io.logitflow.sampler.session.ExecutionProvider;

/** A provider that was asked for by an option. */
final class AskedProvider {
  private AskedProvider() {}

  /**
   * Refuses a provider that ONNX Runtime lacks, before anything is done with it.
   *
   * @param provider what was asked for
   * @throws InvalidInputException if it is not there; names the option
   */
  static void require(ExecutionProvider provider) {
    try {
      provider.require();
    } catch (InvalidInputException e) {
      throw ProviderOptions.asGiven(e);
    }
  }
}
