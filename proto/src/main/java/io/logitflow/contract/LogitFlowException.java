package io.logitflow.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A failure that LogitFlow foresees. Its message is a user's to read, without a stack trace; each
 * process maps the category to an exit code or a gRPC status in one place.
 */
public class LogitFlowException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it is, and so who can mend it. */
  public enum Category {
    /** The user's input is wrong: exit code 2, INVALID_ARGUMENT. */
    INVALID_INPUT,
    /** There is no room now, a retry may pass: RESOURCE_EXHAUSTED. */
    OVERLOADED,
    /** A service is not there or is stopping: UNAVAILABLE. */
    UNAVAILABLE,
    /** Something that should have worked did not (a disk, a native library): INTERNAL. */
    FAILED
  }

  private final Category category;

  /**
   * Creates a failure.
   *
   * @param category its kind
   * @param message one line for each fault, for the user
   */
  public LogitFlowException(Category category, String message) {
    this(category, message, null);
  }

  /**
   * Creates a failure with the exception behind it.
   *
   * @param category its kind
   * @param message one line for each fault, for the user
   * @param cause what was caught, if anything
   */
  public LogitFlowException(Category category, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.category = category;
  }

  /**
   * Words what a disk refused.
   *
   * @param path the file or directory
   * @param what what could not be done to it, such as {@code be written}
   * @param cause what the system said, an exception of input or output
   */
  public static LogitFlowException ofDisk(Path path, String what, Exception cause) {
    Exception said = cause;
    if (cause instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
      said = wrapped.getCause();
    }
    String reason = said.getClass().getSimpleName();
    if (said instanceof NoSuchFileException) {
      reason = "no such file";
    } else if (said instanceof AccessDeniedException) {
      reason = "permission denied";
    } else if (said instanceof FileSystemException refused && refused.getReason() != null) {
      reason = refused.getReason();
    } else if (said.getClass() == IOException.class && said.getMessage() != null) {
      reason = said.getMessage(); // As the system words it, such as "No space left on device".
    }
    return new LogitFlowException(
        Category.FAILED, path + ": cannot " + what + ": " + reason, cause);
  }

  /** Returns the kind of failure. */
  public Category category() {
    return category;
  }
}
