package io.logitflow.service;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.contract.command.ProviderOptions;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.session.CudaProvider;
import io.logitflow.sampler.session.ExecutionProvider;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code serve}: serves a bundle until the process is told to end. */
@Command(
    name = "serve",
    description = "Serves a bundle over gRPC until it is interrupted or told to end (SIGTERM).",
    sortOptions = false)
final class ServeCommand implements Callable<Integer> {
  private static final SamplerOptions DEFAULTS = SamplerOptions.defaults();
  private static final Duration GRACE = Duration.ofSeconds(10);

  // The queue takes some requests of the largest size before it refuses one.
  private static final long LARGEST_REQUESTS_OUTSTANDING = 10;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--bundle",
      paramLabel = "DIR",
      required = true,
      description = "What `export` wrote.")
  private Path bundle = Path.of("");

  @Option(
      names = "--port",
      paramLabel = "N",
      required = true,
      description = "Port to listen on, 1 to 65535; 0 for any free one.")
  private int port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "Address to listen on (default: ${DEFAULT-VALUE}, this machine alone; 0.0.0.0 for all). "
              + "There is no encryption and no authentication.")
  private String host = "127.0.0.1";

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Threads that run the model, 1 to 1,024 (default: one for each processor).")
  private int workers = DEFAULTS.workers();

  @Option(
      names = "--tile",
      paramLabel = "ROWS",
      description =
          "The most rows of one run of the model, 1 to 65,536 (default: 256; with cuda 4,096).")
  private @Nullable Integer tile;

  @Option(
      names = "--maximum-rows",
      paramLabel = "ROWS",
      description =
          "The most rows of one request, at least 1 (default: ${DEFAULT-VALUE}); ten times as many may be "
              + "outstanding in all.")
  private long maximumRows = DEFAULTS.maximumRowsPerRequest();

  @Mixin private ProviderOptions provider = new ProviderOptions();

  @Override
  public Integer call() throws InterruptedException {
    ServerConfig config = new ServerConfig(bundle, host, port, samplerOptions(), GRACE);
    SamplingServer server = start(config);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop"));
    PrintWriter out = spec.commandLine().getOut();
    String shownHost = host.contains(":") ? "[" + host + "]" : host;
    out.println("Serving " + bundle + " on " + shownHost + ":" + server.port());
    if (!config.sampler().provider().sizesAgree()) {
      out.println(
          "Tiles are padded to the sizes in which a row has the same bits here, in rows: "
              + server.sampler().tileSizes().stream()
                  .map(String::valueOf)
                  .collect(Collectors.joining(", ")));
    }
    out.flush();
    server.awaitStop();
    return 0;
  }

  private static SamplingServer start(ServerConfig config) {
    try {
      return SamplingServer.start(config);
    } catch (InvalidInputException e) {
      throw ProviderOptions.asGiven(e);
    }
  }

  SamplerOptions samplerOptions() {
    long outstanding =
        maximumRows > Long.MAX_VALUE / LARGEST_REQUESTS_OUTSTANDING
            ? Long.MAX_VALUE
            : maximumRows * LARGEST_REQUESTS_OUTSTANDING;
    ExecutionProvider chosen = provider.choose(ExecutionProvider.CPU, CudaProvider::new);
    try {
      int tileRows = tile == null ? chosen.usualTileRows() : tile;
      return new SamplerOptions(workers, tileRows, outstanding, maximumRows, chosen);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(e.problems().stream().map(ServeCommand::asGiven).toList());
    }
  }

  /** Names the option that an option of the sampler was given by. */
  private static Problem asGiven(Problem problem) {
    String option = "--" + problem.subject().replace(' ', '-');
    return new Problem(option, problem.found(), problem.expected());
  }
}
