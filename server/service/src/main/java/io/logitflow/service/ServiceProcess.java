package io.logitflow.service;

import io.logitflow.contract.command.CommandLineProcess;
import java.util.List;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine.Command;

/** The server's process: {@code serve}. */
@Command(subcommands = ServeCommand.class)
public final class ServiceProcess {
  private ServiceProcess() {}

  /**
   * Runs the command and ends the process with its exit code.
   *
   * @param arguments {@code serve} and its options
   */
  public static void main(String[] arguments) {
    // gRPC logs through java.util.logging, which logback.xml would not reach.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    CommandLineProcess.run(
        CommandLineProcess.of(new ServiceProcess(), List.of("serve")), arguments);
  }
}
