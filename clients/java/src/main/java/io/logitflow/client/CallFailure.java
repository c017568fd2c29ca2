package io.logitflow.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import org.jspecify.annotations.Nullable;

/** The one place that turns the status of a failed call into a failure that a user reads. */
final class CallFailure {
  private CallFailure() {}

  /**
   * Words a failed call.
   *
   * @param target where the call went
   * @param failure what gRPC threw
   */
  static LogitFlowException of(String target, StatusRuntimeException failure) {
    Status status = failure.getStatus();
    String said = status.getDescription() == null ? "no reason given" : status.getDescription();
    return switch (status.getCode()) {
      case INVALID_ARGUMENT -> new LogitFlowException(Category.INVALID_INPUT, said, failure);
      case RESOURCE_EXHAUSTED ->
          new LogitFlowException(Category.OVERLOADED, target + ": " + said, failure);
      case UNAVAILABLE ->
          new LogitFlowException(
              Category.UNAVAILABLE,
              target + ": no sampler answers: " + said + reason(status.getCause()),
              failure);
      case DEADLINE_EXCEEDED ->
          new LogitFlowException(
              Category.FAILED,
              target + ": the deadline passed before the answer: " + said,
              failure);
      case UNIMPLEMENTED ->
          new LogitFlowException(
              Category.FAILED, target + ": not a LogitFlow sampler: " + said, failure);
      default ->
          new LogitFlowException(
              Category.FAILED, target + ": " + status.getCode() + ": " + said, failure);
    };
  }

  /** gRPC says "io exception" of every broken connection; why it broke is in the cause. */
  private static String reason(@Nullable Throwable cause) {
    if (cause == null || cause.getMessage() == null) {
      return "";
    }
    return " (" + cause.getMessage().replaceAll("\\s+", " ") + ")";
  }
}
