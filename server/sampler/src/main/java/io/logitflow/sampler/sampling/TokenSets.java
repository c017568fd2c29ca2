package io.logitflow.sampler.sampling;

import io.logitflow.contract.Problem;
import io.logitflow.sampler.bundle.Bundle;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens a constraint allows in each step and at each position, read from the names in it,
 * with every fault that they have.
 */
final class TokenSets {
  private static final int LONGEST_NAME = 40;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final Map<String, Integer> ids = new HashMap<>();
  private final @Nullable BitSet[] bySteps;
  private final @Nullable BitSet[] byPositions;
  private final BitSet permitted = new BitSet();
  private final List<Problem> problems;

  private TokenSets(Bundle bundle, List<Problem> problems) {
    List<String> names = bundle.manifest().getVocabulary().getTokensList();
    for (int id = 0; id < names.size(); id++) {
      ids.put(names.get(id), id);
    }
    this.bySteps = new BitSet[bundle.steps()];
    this.byPositions = new BitSet[bundle.rowWidth()];
    this.problems = problems;
    permitted.set(0, names.size());
  }

  /**
   * Reads a constraint.
   *
   * @param bundle whose tokens are named
   * @param constraint in words
   * @param problems what is wrong is added
   */
  static TokenSets of(Bundle bundle, Constraint constraint, List<Problem> problems) {
    TokenSets sets = new TokenSets(bundle, problems);
    int longest = constraint.length().orElse(Integer.MAX_VALUE);
    sets.read("allowed_at_step", "step", constraint.allowedAtStep(), sets.bySteps, longest);
    sets.read(
        "allowed_at_position",
        "position",
        constraint.allowedAtPosition(),
        sets.byPositions,
        longest);
    sets.forbid(constraint.forbiddenTokens());
    sets.begin(constraint.prefix(), longest);
    return sets;
  }

  /** Returns whether a token may be added in a step, wherever it comes to stand. */
  boolean allowsInStep(int step, int token) {
    return permitted.get(token) && contains(bySteps[step], token);
  }

  /** Returns whether a token may stand at a position, whenever it was added. */
  boolean allowsAtPosition(int position, int token) {
    return permitted.get(token) && contains(byPositions[position], token);
  }

  private static boolean contains(@Nullable BitSet set, int token) {
    return set == null || set.get(token);
  }

  private void read(
      String list,
      String place,
      List<Constraint.Allowed> entries,
      @Nullable BitSet[] sets,
      int longest) {
    for (int i = 0; i < entries.size(); i++) {
      Constraint.Allowed entry = entries.get(i);
      String field = "constraint." + list + "[" + i + "]";
      BitSet tokens = tokens(field + ".tokens", entry.tokens());
      if (entry.tokens().isEmpty()) {
        problems.add(new Problem(field + ".tokens", "nothing", "at least one token"));
      }
      int number = entry.place();
      int places = Math.min(sets.length, longest);
      if (number < 0 || number >= places) {
        String because = places < sets.length ? ", since constraint.length is " + longest : "";
        problems.add(
            new Problem(
                field + "." + place, Integer.toString(number), "0 to " + (places - 1) + because));
      } else if (sets[number] != null) {
        problems.add(
            new Problem(field + "." + place, Integer.toString(number), "each " + place + " once"));
      } else {
        sets[number] = tokens;
      }
    }
  }

  private void forbid(List<String> names) {
    permitted.andNot(tokens("constraint.forbidden_tokens", names));
    if (permitted.isEmpty()) {
      problems.add(
          new Problem(
              "constraint.forbidden_tokens", "all " + ids.size() + " tokens", "fewer than all"));
    }
  }

  private void begin(List<String> prefix, int longest) {
    int most = Math.min(byPositions.length, longest);
    if (prefix.size() > most) {
      problems.add(
          new Problem(
              "constraint.prefix",
              prefix.size() + " tokens",
              "at most "
                  + most
                  + (most == longest
                      ? ", which is constraint.length"
                      : ", the tokens of the longest object")));
      return;
    }
    for (int position = 0; position < prefix.size(); position++) {
      String field = "constraint.prefix[" + position + "]";
      BitSet token = tokens("constraint.prefix", position, prefix.get(position));
      BitSet others = byPositions[position];
      boolean known = !token.isEmpty();
      if (others != null) {
        token.and(others);
      }
      token.and(permitted);
      if (known && token.isEmpty()) {
        problems.add(
            new Problem(
                field,
                prefix.get(position),
                "a token that the rest of the constraint allows at position " + position));
      }
      byPositions[position] = token;
    }
  }

  private BitSet tokens(String field, List<String> names) {
    BitSet tokens = new BitSet();
    for (int i = 0; i < names.size(); i++) {
      tokens.or(tokens(field, i, names.get(i)));
    }
    return tokens;
  }

  private BitSet tokens(String field, int index, String name) {
    BitSet token = new BitSet();
    Integer id = ids.get(name);
    if (id == null) {
      problems.add(
          new Problem(
              field + "[" + index + "]", shown(name), "the name of one of the model's tokens"));
    } else {
      token.set(id);
    }
    return token;
  }

  /** Returns a name that is none of the model's as a message shows it. */
  private static String shown(String name) {
    String start = name.substring(0, Math.min(name.length(), LONGEST_NAME));
    String end = name.length() > LONGEST_NAME ? "..." : "";
    return "\"" + CONTROL.matcher(start).replaceAll("?") + end + "\"";
  }
}
