package io.logitflow.trainer.reward;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The faults of a table's rows: the first ten, and the number of the others. */
final class RowFaults {
  private static final int REPORTED = 10;

  private final Path file;
  private final List<Problem> faults = new ArrayList<>();
  private long count;

  /**
   * Creates an empty collection.
   *
   * @param file the table
   */
  RowFaults(Path file) {
    this.file = file;
  }

  /**
   * Adds the faults of a row.
   *
   * @param problems in order
   */
  void add(List<Problem> problems) {
    for (Problem problem : problems) {
      count++;
      if (faults.size() < REPORTED) {
        faults.add(problem);
      }
    }
  }

  /**
   * Refuses the table if a row was at fault.
   *
   * @throws InvalidInputException with the faults
   */
  void throwIfAny() {
    if (count > faults.size()) {
      faults.add(
          new Problem(
              file.toString(), (count - faults.size()) + " further faults", "rows like these"));
    }
    if (!faults.isEmpty()) {
      throw new InvalidInputException(faults);
    }
  }
}
