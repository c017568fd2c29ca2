package io.logitflow.sampler.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Bounds of the objects that a request wants, in words; all of them hold at once. What they mean to
 * a model, and whether it supports them, is found out by {@link Decoding}.
 *
 * @param allowedAtStep tokens that may be added in a step, each step at most once
 * @param allowedAtPosition tokens that may stand at a position, each position at most once
 * @param prefix the first tokens of the object
 * @param length the number of tokens of the object, if it matters
 * @param forbiddenTokens tokens that are nowhere in the object
 */
public record Constraint(
    List<Allowed> allowedAtStep,
    List<Allowed> allowedAtPosition,
    List<String> prefix,
    OptionalInt length,
    List<String> forbiddenTokens) {
  /** The constraint that every object meets. */
  public static final Constraint NONE =
      new Constraint(List.of(), List.of(), List.of(), OptionalInt.empty(), List.of());

  /** Copies the lists. */
  public Constraint {
    allowedAtStep = List.copyOf(allowedAtStep);
    allowedAtPosition = List.copyOf(allowedAtPosition);
    prefix = List.copyOf(prefix);
    forbiddenTokens = List.copyOf(forbiddenTokens);
  }

  /** Returns this constraint with tokens that may be added in a step, from 0. */
  public Constraint allowingAtStep(int step, String... tokens) {
    return new Constraint(
        plus(allowedAtStep, step, tokens), allowedAtPosition, prefix, length, forbiddenTokens);
  }

  /** Returns this constraint with tokens that may stand at a position, from 0. */
  public Constraint allowingAtPosition(int position, String... tokens) {
    return new Constraint(
        allowedAtStep, plus(allowedAtPosition, position, tokens), prefix, length, forbiddenTokens);
  }

  /** Returns this constraint with exactly these first tokens. */
  public Constraint withPrefix(String... tokens) {
    return new Constraint(
        allowedAtStep, allowedAtPosition, List.of(tokens), length, forbiddenTokens);
  }

  /** Returns this constraint with a number of tokens. */
  public Constraint withLength(int tokens) {
    return new Constraint(
        allowedAtStep, allowedAtPosition, prefix, OptionalInt.of(tokens), forbiddenTokens);
  }

  /** Returns this constraint with exactly these forbidden tokens. */
  public Constraint forbidding(String... tokens) {
    return new Constraint(allowedAtStep, allowedAtPosition, prefix, length, List.of(tokens));
  }

  private static List<Allowed> plus(List<Allowed> others, int place, String... tokens) {
    List<Allowed> all = new ArrayList<>(others);
    all.add(new Allowed(place, List.of(tokens)));
    return all;
  }

  /**
   * Tokens that are allowed somewhere.
   *
   * @param place number of the step or position, from 0
   * @param tokens their names, at least one
   */
  public record Allowed(int place, List<String> tokens) {
    /** Copies the list. */
    public Allowed {
      tokens = List.copyOf(tokens);
    }
  }
}
