package io.logitflow.service;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.batching.SamplerOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a server is set up.
 *
 * @param bundle directory of the bundle
 * @param host name or address to listen on
 * @param port to listen on, 0 to 65,535; 0 for any free one
 * @param sampler how the sampler runs
 * @param grace how long running streams may go on once the server is stopping
 */
record ServerConfig(Path bundle, String host, int port, SamplerOptions sampler, Duration grace) {
  private static final int LARGEST_PORT = 65_535;

  /**
   * Validates the setup.
   *
   * @throws InvalidInputException if the port is none
   */
  ServerConfig {
    if (port < 0 || port > LARGEST_PORT) {
      throw new InvalidInputException(
          "--port", port, "0 to " + LARGEST_PORT + ", where 0 is any free port");
    }
  }

  /**
   * Returns the address to listen on.
   *
   * @throws InvalidInputException if the host has no address
   */
  InetSocketAddress address() {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new InvalidInputException("--host", host, "a name or address of this machine");
    }
    return address;
  }

  /** Returns whether this machine has the host's address, which tells what is at fault. */
  boolean hostIsHere() {
    try (ServerSocket anyPort = new ServerSocket()) {
      anyPort.bind(new InetSocketAddress(host, 0));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
