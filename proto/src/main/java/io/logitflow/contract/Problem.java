package io.logitflow.contract;

/**
 * One fault of an input: what it concerns, what was found there and what was expected.
 *
 * @param subject the field (as a path, {@code training.rounds}) or file (with a line where it has
 *     one) at fault
 * @param found the offending value as the user wrote it, or what was found in its place
 * @param expected what would have been right, as a noun phrase
 */
public record Problem(String subject, String found, String expected) {
  /** Returns the one line that a user reads. */
  @Override
  public String toString() {
    return subject + ": found " + found + ", expected " + expected;
  }
}
