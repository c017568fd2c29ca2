package io.logitflow.service;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Constraint;
import io.logitflow.sampler.sampling.Decoding;
import io.logitflow.v1.SampleRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads what a request says of the actions of its rows. */
final class DecodingReader {
  private final Bundle bundle;

  /**
   * Creates a reader.
   *
   * @param bundle the model
   */
  DecodingReader(Bundle bundle) {
    this.bundle = bundle;
  }

  /**
   * Reads a request.
   *
   * @param message the request
   * @param problems what is wrong is added
   * @return the say in the actions; empty if there is none, or it is wrong
   */
  Optional<Decoding> read(SampleRequest message, List<Problem> problems) {
    if (!message.getGreedy() && !message.hasTopP() && !message.hasConstraint()) {
      return Optional.empty();
    }
    if (message.getGreedy() && message.hasTopP()) {
      problems.add(
          new Problem("top_p", String.valueOf(message.getTopP()), "nothing, since greedy is set"));
    }
    Constraint constraint = constraint(message.getConstraint());
    try {
      return Optional.of(
          message.getGreedy()
              ? Decoding.greedy(bundle, constraint)
              : Decoding.topP(bundle, message.hasTopP() ? message.getTopP() : 1, constraint));
    } catch (InvalidInputException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }

  private static Constraint constraint(io.logitflow.v1.Constraint message) {
    return new Constraint(
        message.getAllowedAtStepList().stream()
            .map(entry -> new Constraint.Allowed(entry.getStep(), entry.getTokensList()))
            .toList(),
        message.getAllowedAtPositionList().stream()
            .map(entry -> new Constraint.Allowed(entry.getPosition(), entry.getTokensList()))
            .toList(),
        message.getPrefixList(),
        message.hasLength() ? OptionalInt.of(message.getLength()) : OptionalInt.empty(),
        message.getForbiddenTokensList());
  }
}
