package io.logitflow.command.quickstart;

import io.logitflow.contract.LogitFlowException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that has said that it serves. Closing it ends it. */
final class RunningServer implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("Serving .+ on (\\S+:[0-9]+)");
  private static final long PATIENCE_SECONDS = 120;

  private final ChildProcess process;
  private final String target;

  private RunningServer(ChildProcess process, String target) {
    this.process = process;
    this.target = target;
  }

  /**
   * Waits until a server serves, and shows what it prints from then on too.
   *
   * @param process with its output piped; ended if this fails
   * @param out where its output is shown
   * @throws LogitFlowException if it ends before, or says nothing for two minutes
   */
  static RunningServer await(ChildProcess process, PrintWriter out) {
    CompletableFuture<Optional<String>> serving = new CompletableFuture<>();
    Thread reader = new Thread(() -> show(process, out, serving), "server-output");
    reader.setDaemon(true);
    reader.start();
    boolean served = false;
    try {
      Optional<String> target = serving.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (target.isEmpty()) {
        process.close(); // It may have closed its output and live on.
        throw process.failure("ended before it served, with exit code " + process.exitCode());
      }
      served = true;
      return new RunningServer(process, target.get());
    } catch (TimeoutException e) {
      throw process.failure("does not serve after " + PATIENCE_SECONDS + " s");
    } catch (ExecutionException e) {
      throw process.failure("its output cannot be read: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw process.failure("interrupted");
    } finally {
      if (!served) {
        process.close();
      }
    }
  }

  /** Returns where it serves, {@code HOST:PORT}. */
  String target() {
    return target;
  }

  /** Ends the server and waits for its end. */
  @Override
  public void close() {
    process.close();
  }

  private static void show(
      ChildProcess process, PrintWriter out, CompletableFuture<Optional<String>> serving) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.output(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        out.println(line);
        out.flush();
        Matcher ready = READY.matcher(line);
        if (ready.matches()) {
          serving.complete(Optional.of(ready.group(1)));
        }
      }
      serving.complete(Optional.empty());
    } catch (IOException e) {
      serving.completeExceptionally(e);
    }
  }
}
