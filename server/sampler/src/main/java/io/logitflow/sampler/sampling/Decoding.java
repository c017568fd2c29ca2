package io.logitflow.sampler.sampling;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.v1.ConstraintKind;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.SupportedConstraint;
import java.nio.FloatBuffer;
import java.util.Set;

/**
 * A say in the actions of a request's rows, read for one model: which ones are allowed, and how one
 * of them is chosen. Immutable.
 */
public final class Decoding {
  private final Bundle bundle;
  private final boolean greedy;
  private final float topP;
  private final float[] allowed;
  private final boolean cutsTrajectories;

  private Decoding(Bundle bundle, boolean greedy, float topP, Constraint constraint) {
    if (!bundle.has(Role.DECODING)) {
      throw new InvalidInputException(
          greedy ? "greedy" : topP < 1 ? "top_p" : "constraint",
          greedy ? "true" : topP < 1 ? String.valueOf(topP) : "one",
          "nothing, since the model's bundle has no graph of role DECODING");
    }
    this.bundle = bundle;
    this.greedy = greedy;
    this.topP = topP;
    this.allowed = AllowedActions.of(bundle, constraint);
    Set<ConstraintKind> kinds = AllowedActions.kindsOf(constraint).keySet();
    this.cutsTrajectories =
        greedy
            || topP < 1
            || bundle.manifest().getDecoding().getConstraintsList().stream()
                .filter(SupportedConstraint::getCutsTrajectories)
                .anyMatch(supported -> kinds.contains(supported.getKind()));
  }

  /**
   * Returns the decoding that takes the most probable allowed action in every state, of equal ones
   * that of the lowest number.
   *
   * @param bundle the model
   * @param constraint bounds of the objects
   * @throws InvalidInputException if the model does not support it, or no object meets it; the
   *     message has a line for each fault
   */
  public static Decoding greedy(Bundle bundle, Constraint constraint) {
    return new Decoding(bundle, true, 1, constraint);
  }

  /**
   * Returns the decoding that draws each action from the smallest set of most probable allowed ones
   * whose probability reaches p, and what is as probable as the last of them.
   *
   * @param bundle the model
   * @param p above 0, at most 1, which leaves nothing out
   * @param constraint bounds of the objects
   * @throws InvalidInputException if p is out of its range, the model does not support the
   *     constraint, or no object meets it; the message has a line for each fault
   */
  public static Decoding topP(Bundle bundle, float p, Constraint constraint) {
    if (!(p > 0 && p <= 1)) {
      throw new InvalidInputException("top_p", p, "a number above 0, at most 1");
    }
    return new Decoding(bundle, false, p, constraint);
  }

  /** Returns the model that it was read for. */
  public Bundle bundle() {
    return bundle;
  }

  /** Returns whether the most probable allowed action is taken. */
  public boolean isGreedy() {
    return greedy;
  }

  /** Returns p, above 0, at most 1; greedy decoding has 1. */
  public float topP() {
    return topP;
  }

  /**
   * Returns whether some trajectories of an object that may come can be excluded, so that the
   * probability of an object is not that of its trajectories under the policy, renormalised. Greedy
   * and truncated choices do so, and the constraints that the manifest marks.
   */
  public boolean cutsTrajectories() {
    return cutsTrajectories;
  }

  /**
   * Writes one for each action that a step may take, else zero.
   *
   * @param target {@code [T, A]} from 0; its position does not move
   */
  public void writeAllowed(FloatBuffer target) {
    target.put(0, allowed);
  }
}
