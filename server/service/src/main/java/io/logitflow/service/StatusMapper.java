package io.logitflow.service;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.logitflow.contract.LogitFlowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** What a failure is in gRPC: the one place that maps a category to a status. */
final class StatusMapper {
  // A status travels in a header, three bytes for one at worst; clients take 8 KiB of headers.
  private static final int MOST_BYTES = 2_000;

  private StatusMapper() {}

  /**
   * Returns the status of a foreseen failure, with its message or as much of it as a call takes.
   */
  static StatusRuntimeException statusOf(LogitFlowException failure) {
    Status status =
        switch (failure.category()) {
          case INVALID_INPUT -> Status.INVALID_ARGUMENT;
          case OVERLOADED -> Status.RESOURCE_EXHAUSTED;
          case UNAVAILABLE -> Status.UNAVAILABLE;
          case FAILED -> Status.INTERNAL;
        };
    return status
        .withDescription(bounded(String.valueOf(failure.getMessage())))
        .withCause(failure)
        .asRuntimeException();
  }

  /** Returns the status of a failure that nobody foresaw; what it was is for the log. */
  static Status unexpected() {
    return Status.INTERNAL.withDescription("unexpected failure; the server's log says more");
  }

  private static String bounded(String message) {
    CharBuffer text = CharBuffer.wrap(message);
    StandardCharsets.UTF_8
        .newEncoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .encode(text, ByteBuffer.allocate(MOST_BYTES), true);
    return text.hasRemaining() ? message.substring(0, text.position()) + "..." : message;
  }
}
