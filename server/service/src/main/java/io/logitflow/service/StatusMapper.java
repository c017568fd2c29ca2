package io.logitflow.service;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.logitflow.contract.LogitFlowException;

/** What a failure is in gRPC: the one place that maps a category to a status. */
final class StatusMapper {
  private StatusMapper() {}

  /** Returns the status of a foreseen failure, with its message. */
  static StatusRuntimeException statusOf(LogitFlowException failure) {
    Status status =
        switch (failure.category()) {
          case INVALID_INPUT -> Status.INVALID_ARGUMENT;
          case OVERLOADED -> Status.RESOURCE_EXHAUSTED;
          case UNAVAILABLE -> Status.UNAVAILABLE;
          case FAILED -> Status.INTERNAL;
        };
    return status.withDescription(failure.getMessage()).withCause(failure).asRuntimeException();
  }

  /** Returns the status of a failure that nobody foresaw; what it was is for the log. */
  static Status unexpected() {
    return Status.INTERNAL.withDescription("unexpected failure; the server's log says more");
  }
}
