package io.logitflow.command.quickstart;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A command that runs as a process of its own, and that never outlives this one: whatever ends the
 * quickstart, an interrupt from the keyboard too, asks the child to end and waits for it.
 */
final class ChildProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final String command;
  private final Process process;
  private final Thread endingWithUs;

  private ChildProcess(String command, Process process) {
    this.command = command;
    this.process = process;
    this.endingWithUs = new Thread(this::stop, "stop-child");
    Runtime.getRuntime().addShutdownHook(endingWithUs);
  }

  /**
   * Starts a command.
   *
   * @param command as it is shown
   * @param builder how it is started
   * @throws LogitFlowException if the system cannot start it
   */
  static ChildProcess start(String command, ProcessBuilder builder) {
    try {
      return new ChildProcess(command, builder.start());
    } catch (IOException e) {
      throw new LogitFlowException(
          Category.FAILED, command + ": cannot be started: " + e.getMessage(), e);
    }
  }

  /** Returns what the command prints, where that is piped. */
  InputStream output() {
    return process.getInputStream();
  }

  /** Returns all that the command prints, where that is piped; waits for its end. */
  String text() {
    try {
      return new String(output().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw failure("its output cannot be read: " + e.getMessage());
    }
  }

  /** Returns the exit code; waits for it. */
  int exitCode() {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogitFlowException(Category.FAILED, command + ": interrupted", e);
    }
  }

  /** Returns the failure of a command that ended as it should not have. */
  LogitFlowException failure(String what) {
    return new LogitFlowException(Category.FAILED, command + ": " + what);
  }

  /** Ends the process, if it runs, and waits for its end. */
  @Override
  public void close() {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(endingWithUs);
    } catch (IllegalStateException e) {
      // This process is ending already, and the hook has done or is doing its work.
      return;
    }
  }

  private void stop() {
    // While the launcher still builds, the work is done by its children.
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
