package io.logitflow.service;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.scoring.Scorer;
import io.logitflow.v1.SamplerGrpc;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A server from its start to its end: the sampler, its service, health and reflection. */
final class SamplingServer implements AutoCloseable {
  // Ten times what the largest request takes: 1,000 betas and every column.
  private static final int LARGEST_MESSAGE = 64 << 10;

  private final ServerConfig config;
  private final Sampler sampler;
  private final Scorer scorer;
  private final HealthStatusManager health = new HealthStatusManager();
  private final Server server;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SamplingServer(ServerConfig config, Sampler sampler) {
    this.config = config;
    this.sampler = sampler;
    scorer =
        Scorer.open(sampler.bundle(), sampler.options().provider(), sampler.options().workers());
    server =
        NettyServerBuilder.forAddress(config.address())
            .addService(new SamplerService(sampler, scorer))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .intercept(new FailureInterceptor())
            .maxInboundMessageSize(LARGEST_MESSAGE)
            .build();
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
    health.setStatus(SamplerGrpc.SERVICE_NAME, ServingStatus.SERVING);
  }

  /**
   * Opens a bundle and serves it.
   *
   * @param config the server's setup
   * @return the server, listening
   * @throws InvalidInputException if the bundle is not whole, the host not this machine or the port
   *     not free
   */
  static SamplingServer start(ServerConfig config) {
    Sampler sampler = Sampler.open(Bundle.open(config.bundle()), config.sampler());
    try {
      SamplingServer server = new SamplingServer(config, sampler);
      server.listen();
      return server;
    } catch (Throwable e) {
      sampler.close();
      throw e;
    }
  }

  /** Returns what answers the calls. */
  Sampler sampler() {
    return sampler;
  }

  /** Returns the port that it listens on. */
  int port() {
    return server.getPort();
  }

  /** Waits until the server has stopped. */
  void awaitStop() throws InterruptedException {
    server.awaitTermination();
  }

  /**
   * Stops: health says so, new calls are refused as UNAVAILABLE, running streams may finish within
   * the grace period and are cancelled after it. The second call does nothing.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    long end = System.nanoTime() + config.grace().toNanos();
    health.enterTerminalState();
    server.shutdown();
    sampler.close(config.grace());
    boolean stopped = false;
    try {
      // All rows were handed to the streams; a slow client may still be reading.
      stopped = server.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!stopped) {
      server.shutdownNow();
    }
    scorer.close();
  }

  private void listen() {
    try {
      server.start();
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (!config.hostIsHere()) {
        throw new InvalidInputException(
            "--host",
            config.host() + " (" + cause.getMessage() + ")",
            "a name or address of this machine");
      }
      throw new InvalidInputException(
          "--port",
          config.port() + " (" + cause.getMessage() + ")",
          "a port of " + config.host() + " that is free");
    }
  }
}
