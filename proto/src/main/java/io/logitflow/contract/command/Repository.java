package io.logitflow.contract.command;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import java.nio.file.Path;

/** Where the examples, experiments and documents of this repository lie. */
public final class Repository {
  /** Names the launcher's script, which lies at the repository's root; the script sets it. */
  public static final String LAUNCHER = "logitflow.launcher";

  private Repository() {}

  /**
   * Returns the place of a file of the repository.
   *
   * @param path from the root
   * @param command what needs it, as a user names it
   * @throws LogitFlowException if the process was started without the launcher
   */
  public static Path file(String path, String command) {
    String script = System.getProperty(LAUNCHER);
    if (script == null) {
      throw new LogitFlowException(
          Category.FAILED,
          command + ": started without its script, expected ./logitflow " + command);
    }
    return Path.of(script).resolveSibling(path);
  }
}
