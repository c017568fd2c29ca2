package io.logitflow.command.sample;

import io.logitflow.client.SampleQuery;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.v1.AllowedAtPosition;
import io.logitflow.v1.AllowedAtStep;
import io.logitflow.v1.Constraint;
import io.logitflow.v1.Vocabulary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how candidates are drawn, and which of them come. */
final class DrawOptions {
  @Option(
      names = "--greedy",
      description = "The most probable allowed action at every step, in place of a draw.")
  private boolean greedy;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Draws from the most probable actions alone that together reach P.")
  private @Nullable Float topP;

  @Option(
      names = "--allow-at-step",
      paramLabel = "STEP=TOKENS",
      description = "Tokens that may be added at a step, from 0; may be repeated.")
  private Map<Integer, String> allowedAtStep = new LinkedHashMap<>();

  @Option(
      names = "--allow-at-position",
      paramLabel = "POSITION=TOKENS",
      description = "Tokens that may stand at a position, from 0; may be repeated.")
  private Map<Integer, String> allowedAtPosition = new LinkedHashMap<>();

  @Option(
      names = "--prefix",
      paramLabel = "TOKENS",
      description = "The first tokens of every object.")
  private @Nullable String prefix;

  @Option(
      names = "--length",
      paramLabel = "N",
      description = "The number of tokens of every object.")
  private @Nullable Integer length;

  @Option(names = "--forbid", paramLabel = "TOKENS", description = "Tokens that are in no object.")
  private @Nullable String forbidden;

  @Option(
      names = "--unique",
      paramLabel = "N",
      description = "Each object once, until there are N of them or --count were drawn.")
  private @Nullable Long unique;

  /** Returns whether the policy alone decides what is drawn. */
  boolean leaveActionsToThePolicy() {
    return !greedy && topP == null && !constrain();
  }

  /**
   * Adds what was asked for to a query.
   *
   * @param query the query
   * @param vocabulary the model's, asked for only if tokens were named
   */
  SampleQuery addTo(SampleQuery query, Supplier<Vocabulary> vocabulary) {
    SampleQuery added = query;
    if (greedy) {
      added = added.withGreedy();
    }
    if (topP != null) {
      added = added.withTopP(topP);
    }
    if (constrain()) {
      added = added.withConstraint(constraint(vocabulary.get()));
    }
    return unique == null ? added : added.withUnique(unique);
  }

  private boolean constrain() {
    return !allowedAtStep.isEmpty()
        || !allowedAtPosition.isEmpty()
        || prefix != null
        || length != null
        || forbidden != null;
  }

  private Constraint constraint(Vocabulary vocabulary) {
    Constraint.Builder constraint = Constraint.newBuilder();
    allowedAtStep.forEach(
        (step, tokens) ->
            constraint.addAllowedAtStep(
                AllowedAtStep.newBuilder()
                    .setStep(step)
                    .addAllTokens(split("--allow-at-step", tokens, vocabulary))));
    allowedAtPosition.forEach(
        (position, tokens) ->
            constraint.addAllowedAtPosition(
                AllowedAtPosition.newBuilder()
                    .setPosition(position)
                    .addAllTokens(split("--allow-at-position", tokens, vocabulary))));
    if (prefix != null) {
      constraint.addAllPrefix(split("--prefix", prefix, vocabulary));
    }
    if (length != null) {
      constraint.setLength(length);
    }
    if (forbidden != null) {
      constraint.addAllForbiddenTokens(split("--forbid", forbidden, vocabulary));
    }
    return constraint.build();
  }

  /** Splits tokens that are written as an object is. */
  private static List<String> split(String option, String text, Vocabulary vocabulary) {
    if (text.isEmpty()) {
      throw new InvalidInputException(option, "nothing", "at least one token");
    }
    String separator = vocabulary.getSeparator();
    return separator.isEmpty()
        ? text.codePoints().mapToObj(Character::toString).toList()
        : List.of(text.split(Pattern.quote(separator), -1));
  }
}
