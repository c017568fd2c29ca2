package io.logitflow.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.session.CudaProvider;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The options of {@code serve} that depend on one another. */
final class ServeCommandTest {
  @Test
  void tilesHaveTheProvidersSizeUnlessOneIsGiven() {
    assertThat(options().tileRows()).isEqualTo(256);
    assertThat(options("--provider", "cuda").tileRows()).isEqualTo(4_096);
    assertThat(options("--tile", "64").tileRows()).isEqualTo(64);
    assertThat(options("--tile", "64", "--provider", "cuda").tileRows()).isEqualTo(64);
  }

  @Test
  void theHelpSaysHowManyRowsThatIs() {
    String help = new CommandLine(new ServeCommand()).getUsageMessage().replaceAll("\\s+", " ");
    assertThat(help)
        .contains(
            String.format(
                Locale.ROOT,
                "(default: %d; with cuda %,d)",
                options().tileRows(),
                new CudaProvider(0, 1, false).usualTileRows()));
  }

  private static SamplerOptions options(String... given) {
    ServeCommand command = new ServeCommand();
    CommandLine line = new CommandLine(command);
    String[] all = new String[given.length + 4];
    System.arraycopy(new String[] {"--bundle", "b", "--port", "0"}, 0, all, 0, 4);
    System.arraycopy(given, 0, all, 4, given.length);
    line.setCaseInsensitiveEnumValuesAllowed(true).parseArgs(all);
    return command.samplerOptions();
  }
}
