package io.logitflow.client;

import io.logitflow.v1.Constraint;
import io.logitflow.v1.SampleRequest;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How rows are drawn, and which of them come. Ranges are the server's to check; what a model
 * supports, {@link SamplerClient#describeModel} tells.
 *
 * @param greedy whether the most probable allowed action is taken in every state
 * @param topP probability that the set of drawn actions reaches, of single precision; absent, all
 *     are drawn
 * @param constraint what the objects must be like, if anything
 * @param unique how many distinct objects are enough; absent, every row comes
 */
public record DrawRule(
    boolean greedy, OptionalDouble topP, Optional<Constraint> constraint, OptionalLong unique) {
  /** Every row as the policy draws it. */
  public static final DrawRule PLAIN =
      new DrawRule(false, OptionalDouble.empty(), Optional.empty(), OptionalLong.empty());

  /** Returns whether the policy alone decides what is drawn. */
  public boolean leavesActionsToThePolicy() {
    return !greedy && topP.isEmpty() && constraint.isEmpty();
  }

  void writeTo(SampleRequest.Builder request) {
    request.setGreedy(greedy);
    topP.ifPresent(reached -> request.setTopP((float) reached));
    constraint.ifPresent(request::setConstraint);
    unique.ifPresent(request::setUniqueCount);
  }
}
