package io.logitflow.command.sample;

import io.logitflow.client.SampleQuery;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.v1.AllowedAtPosition;
import io.logitflow.v1.AllowedAtStep;
import io.logitflow.v1.Constraint;
import io.logitflow.v1.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
      description =
          "Draws from the most probable actions alone that together reach P, above 0 and at most 1.")
  private @Nullable Float topP;

  @Option(
      names = "--allow-at-step",
      paramLabel = "STEP=TOKENS",
      converter = AllowedTokens.AtStep.class,
      description =
          "Tokens that may be added at a step, from 0, such as 1=AC for A or C. May be repeated:"
              + " for the same step, the tokens of all count.")
  private List<AllowedTokens> allowedAtStep = new ArrayList<>();

  @Option(
      names = "--allow-at-position",
      paramLabel = "POSITION=TOKENS",
      converter = AllowedTokens.AtPosition.class,
      description =
          "Tokens that may stand at a position, from 0. May be repeated: for the same position, the"
              + " tokens of all count.")
  private List<AllowedTokens> allowedAtPosition = new ArrayList<>();

  @Option(
      names = "--prefix",
      paramLabel = "TOKENS",
      description = "The first tokens of every object, such as AC.")
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
      description =
          "Each object once, until there are N of them or --count were drawn; takes a single beta.")
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
    byPlace("--allow-at-step", allowedAtStep, vocabulary)
        .forEach(
            (step, tokens) ->
                constraint.addAllowedAtStep(
                    AllowedAtStep.newBuilder().setStep(step).addAllTokens(tokens)));
    byPlace("--allow-at-position", allowedAtPosition, vocabulary)
        .forEach(
            (position, tokens) ->
                constraint.addAllowedAtPosition(
                    AllowedAtPosition.newBuilder().setPosition(position).addAllTokens(tokens)));
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

  private static Map<Integer, Set<String>> byPlace(
      String option, List<AllowedTokens> entries, Vocabulary vocabulary) {
    Map<Integer, Set<String>> tokens = new LinkedHashMap<>();
    for (AllowedTokens entry : entries) {
      tokens
          .computeIfAbsent(entry.place(), absent -> new LinkedHashSet<>())
          .addAll(split(option, entry.tokens(), vocabulary));
    }
    return tokens;
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
