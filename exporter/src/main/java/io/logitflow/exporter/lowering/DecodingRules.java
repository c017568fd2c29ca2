package io.logitflow.exporter.lowering;

import io.logitflow.v1.ConstraintKind;
import io.logitflow.v1.DecodingDescription;
import io.logitflow.v1.SupportedConstraint;
import java.util.stream.IntStream;

/** What an environment declares of its actions to constraints, piece by piece. Not thread-safe. */
public final class DecodingRules {
  private final DecodingDescription.Builder description = DecodingDescription.newBuilder();

  private DecodingRules() {}

  /**
   * Starts with the actions that add a token.
   *
   * @param tokens id of the token that each of the first actions adds
   */
  public static DecodingRules of(IntStream tokens) {
    DecodingRules rules = new DecodingRules();
    tokens.forEach(rules.description::addActionTokens);
    return rules;
  }

  /**
   * Says that the step alone fixes where its token stands.
   *
   * @param positions of the T steps
   */
  public DecodingRules atSteps(IntStream positions) {
    positions.forEach(description::addStepPositions);
    return this;
  }

  /**
   * Says that the action alone fixes where its token stands.
   *
   * @param positions of the A actions
   */
  public DecodingRules atActions(IntStream positions) {
    positions.forEach(description::addActionPositions);
    return this;
  }

  /**
   * Adds an action that ends the object and adds no token.
   *
   * @param action its number, the next one
   */
  public DecodingRules stoppingAt(int action) {
    description.addActionTokens(-1).addStopActions(action);
    return this;
  }

  /**
   * Adds constraints that permit all trajectories of an object or none.
   *
   * @param kinds which ones
   */
  public DecodingRules supporting(ConstraintKind... kinds) {
    return adding(false, kinds);
  }

  /**
   * Adds constraints that can exclude some trajectories of an object and permit others.
   *
   * @param kinds which ones
   */
  public DecodingRules cuttingBy(ConstraintKind... kinds) {
    return adding(true, kinds);
  }

  private DecodingRules adding(boolean cuts, ConstraintKind... kinds) {
    for (ConstraintKind kind : kinds) {
      description.addConstraints(
          SupportedConstraint.newBuilder().setKind(kind).setCutsTrajectories(cuts));
    }
    return this;
  }

  /** Returns all that was said. */
  public DecodingDescription description() {
    return description.build();
  }
}
