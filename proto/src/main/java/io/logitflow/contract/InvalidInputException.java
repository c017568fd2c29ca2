package io.logitflow.contract;

import java.util.List;
import java.util.stream.Collectors;

/** Input of the user's that was refused, with every fault that was found in it. */
public final class InvalidInputException extends LogitFlowException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * Creates the refusal of one value.
   *
   * @param subject the field or file at fault
   * @param found the value there
   * @param expected what would have been right
   */
  public InvalidInputException(String subject, Object found, String expected) {
    this(List.of(new Problem(subject, String.valueOf(found), expected)));
  }

  /**
   * Creates the refusal of an input with several faults.
   *
   * @param problems the faults, at least one
   */
  public InvalidInputException(List<Problem> problems) {
    super(
        Category.INVALID_INPUT,
        problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** Returns the faults, in the order in which they were found. */
  public List<Problem> problems() {
    return problems;
  }
}
