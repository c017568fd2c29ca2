package io.logitflow.command.quickstart;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.StagedOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a quickstart leaves its results; a marker file tells that it made the directory, so that it
 * can be run again and never touches anything else.
 *
 * @param root the directory
 */
record QuickstartDirectory(Path root) {
  /** Name of the marker. */
  static final String MARKER = ".logitflow-quickstart";

  private static final String MARKER_TEXT =
      "./logitflow quickstart made this directory and replaces what it wrote here.\n";

  /**
   * Refuses what is not a quickstart's.
   *
   * @return whether there is an earlier quickstart's directory of that name
   * @throws InvalidInputException if there is something else of that name
   */
  static boolean requireOurs(Path root) {
    boolean taken = Files.exists(root, LinkOption.NOFOLLOW_LINKS);
    if (taken && !Files.isRegularFile(root.resolve(MARKER))) {
      throw new InvalidInputException(
          root.toString(),
          "something of that name that is not a quickstart's (it holds no " + MARKER + ")",
          "a new name, or the directory of an earlier quickstart");
    }
    return taken;
  }

  /**
   * Takes a directory: a new one, or the one of an earlier quickstart, whose results it deletes.
   *
   * @throws InvalidInputException if there is something of that name that is not a quickstart's;
   *     nothing is touched then
   * @throws LogitFlowException if the disk refuses
   */
  static QuickstartDirectory claim(Path root) {
    boolean taken = requireOurs(root);
    QuickstartDirectory directory = new QuickstartDirectory(root);
    try {
      if (taken) {
        directory.results().forEach(StagedOutput::deleteTree);
      } else {
        Files.createDirectories(root);
        Files.writeString(root.resolve(MARKER), MARKER_TEXT);
      }
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(root, "be written", e);
    }
    return directory;
  }

  /** Returns where {@code train} writes. */
  Path checkpoint() {
    return root.resolve("checkpoint");
  }

  /** Returns the table that {@code train} leaves in the checkpoint. */
  Path evaluation() {
    return checkpoint().resolve("evaluation.json");
  }

  /** Returns where {@code export} writes. */
  Path bundle() {
    return root.resolve("bundle");
  }

  /** Returns where {@code sample} writes. */
  Path candidates() {
    return root.resolve("candidates.csv");
  }

  /** Returns the picture. */
  Path scores() {
    return root.resolve("scores.png");
  }

  /** Returns everything that a quickstart leaves. */
  List<Path> results() {
    return List.of(checkpoint(), bundle(), candidates(), scores());
  }
}
