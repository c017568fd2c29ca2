package io.logitflow.sampler.sampling;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.v1.ConstraintKind;
import io.logitflow.v1.DecodingDescription;
import io.logitflow.v1.SupportedConstraint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A constraint as the decoding graph reads it: the actions that are allowed in each step. It
 * follows from what the manifest says of the actions, without knowing the environment.
 */
final class AllowedActions {
  /** Faults that are named each; the rest is counted, so that a message stays one to read. */
  private static final int MOST_FAULTS = 10;

  private final DecodingDescription rules;
  private final Constraint constraint;
  private final int steps;
  private final int actions;
  private final int longest;
  private final List<Problem> problems = new ArrayList<>();
  private final TokenSets tokens;

  private AllowedActions(Bundle bundle, Constraint constraint) {
    this.rules = bundle.manifest().getDecoding();
    this.constraint = constraint;
    this.steps = bundle.steps();
    this.actions = bundle.manifest().getEnvironment().getActionCount();
    this.longest = bundle.rowWidth();
    requireSupported();
    requireLength();
    this.tokens = TokenSets.of(bundle, constraint, problems);
  }

  /**
   * Reads a constraint.
   *
   * @param bundle a bundle with a decoding graph
   * @param constraint in words
   * @return row-major {@code [T, A]}: one for each action that a step may take, else zero
   * @throws InvalidInputException if the model does not support it, or no object meets it; the
   *     message has a line for each fault
   */
  static float[] of(Bundle bundle, Constraint constraint) {
    AllowedActions reading = new AllowedActions(bundle, constraint);
    float[] allowed = new float[Math.multiplyExact(reading.steps, reading.actions)];
    if (reading.problems.isEmpty()) {
      reading.mark(allowed);
      reading.requireObjects(allowed);
    }
    reading.refuse();
    return allowed;
  }

  private void refuse() {
    int further = problems.size() - MOST_FAULTS;
    if (further > 0) {
      problems.subList(MOST_FAULTS, problems.size()).clear();
      problems.add(new Problem("constraint", further + " further faults", "none"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
  }

  /** Returns the kinds of which a constraint makes use, each with how much of it there is. */
  static Map<ConstraintKind, String> kindsOf(Constraint constraint) {
    Map<ConstraintKind, String> kinds = new EnumMap<>(ConstraintKind.class);
    count(kinds, ConstraintKind.ALLOWED_AT_STEP, constraint.allowedAtStep(), "steps");
    count(kinds, ConstraintKind.ALLOWED_AT_POSITION, constraint.allowedAtPosition(), "positions");
    count(kinds, ConstraintKind.PREFIX, constraint.prefix(), "tokens");
    constraint
        .length()
        .ifPresent(length -> kinds.put(ConstraintKind.LENGTH, Integer.toString(length)));
    count(kinds, ConstraintKind.FORBIDDEN_TOKENS, constraint.forbiddenTokens(), "tokens");
    return kinds;
  }

  private static void count(
      Map<ConstraintKind, String> kinds, ConstraintKind kind, List<?> list, String what) {
    if (!list.isEmpty()) {
      kinds.put(kind, list.size() + " " + what);
    }
  }

  private void requireSupported() {
    List<ConstraintKind> supported =
        rules.getConstraintsList().stream().map(SupportedConstraint::getKind).toList();
    String names =
        supported.isEmpty()
            ? "no constraint"
            : supported.stream().map(AllowedActions::name).collect(Collectors.joining(", "));
    kindsOf(constraint)
        .forEach(
            (kind, found) -> {
              if (!supported.contains(kind)) {
                problems.add(
                    new Problem(
                        "constraint." + name(kind),
                        found,
                        "nothing, since this model supports " + names));
              }
            });
  }

  private static String name(ConstraintKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private void requireLength() {
    int minimum = rules.getMinimumLength();
    constraint
        .length()
        .ifPresent(
            length -> {
              if (length < minimum || length > longest) {
                problems.add(
                    new Problem(
                        "constraint.length", Integer.toString(length), minimum + " to " + longest));
              }
            });
  }

  private void mark(float[] allowed) {
    if (rules.getActionTokensCount() == 0) {
      Arrays.fill(allowed, 1);
      return;
    }
    BitSet stops = new BitSet();
    rules.getStopActionsList().forEach(stops::set);
    for (int step = 0; step < steps; step++) {
      boolean mayStop = step >= constraint.prefix().size() && step >= constraint.length().orElse(0);
      for (int action = 0; action < actions; action++) {
        boolean may = stops.get(action) ? mayStop : allows(step, action);
        allowed[step * actions + action] = may ? 1 : 0;
      }
    }
  }

  private boolean allows(int step, int action) {
    int token = rules.getActionTokens(action);
    if (token < 0) {
      return true;
    }
    if (step >= constraint.length().orElse(steps) || !tokens.allowsInStep(step, token)) {
      return false;
    }
    if (rules.getActionPositionsCount() > 0) {
      return tokens.allowsAtPosition(rules.getActionPositions(action), token);
    }
    return rules.getStepPositionsCount() == 0
        || tokens.allowsAtPosition(rules.getStepPositions(step), token);
  }

  /** Refuses a step, or a position that actions fix, that no token is left for. */
  private void requireObjects(float[] allowed) {
    int last = Math.min(steps, constraint.length().orElse(steps));
    BitSet positions = new BitSet();
    for (int step = 0; step < last; step++) {
      boolean any = rules.getActionTokensCount() == 0;
      for (int action = 0; action < rules.getActionTokensCount(); action++) {
        if (allowed[step * actions + action] == 1 && rules.getActionTokens(action) >= 0) {
          any = true;
          if (rules.getActionPositionsCount() > 0) {
            positions.set(rules.getActionPositions(action));
          }
        }
      }
      if (!any) {
        problems.add(
            new Problem("constraint", "no token that is allowed in step " + step, "at least one"));
      }
    }
    for (int position : rules.getActionPositionsList().stream().distinct().toList()) {
      if (position >= 0 && !positions.get(position)) {
        problems.add(
            new Problem(
                "constraint", "no token that is allowed at position " + position, "at least one"));
      }
    }
  }
}
