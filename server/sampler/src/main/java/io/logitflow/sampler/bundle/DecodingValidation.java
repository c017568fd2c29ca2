package io.logitflow.sampler.bundle;

import io.logitflow.contract.Problem;
import io.logitflow.v1.ConstraintKind;
import io.logitflow.v1.DecodingDescription;
import io.logitflow.v1.EnvironmentDescription;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.Manifest;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Whether what a manifest says of decoding fits its other fields, so that a constraint can be read
 * by it. Finds every fault, not the first.
 */
final class DecodingValidation {
  private final EnvironmentDescription environment;
  private final int vocabulary;
  private final DecodingDescription decoding;
  private final List<Problem> problems;

  private DecodingValidation(Manifest manifest, List<Problem> problems) {
    this.environment = manifest.getEnvironment();
    this.vocabulary = manifest.getVocabulary().getTokensCount();
    this.decoding = manifest.getDecoding();
    this.problems = problems;
  }

  /**
   * Checks what a manifest says of decoding.
   *
   * @param manifest whose other fields are valid
   * @param problems what is wrong is added
   */
  static void check(Manifest manifest, List<Problem> problems) {
    boolean has =
        manifest.getGraphsList().stream().anyMatch(graph -> graph.getRole() == Role.DECODING);
    DecodingValidation validation = new DecodingValidation(manifest, problems);
    validation.require(
        !has || manifest.getFormatVersion() >= ManifestValidation.FIRST_WITH_FORMS,
        "graphs",
        "a graph of role DECODING",
        "none, since formatVersion is " + manifest.getFormatVersion());
    validation.require(
        has == manifest.hasDecoding(),
        "decoding",
        manifest.hasDecoding() ? "one" : "nothing",
        has
            ? "one, since there is a graph of role DECODING"
            : "nothing, since there is no graph of role DECODING");
    if (has && manifest.hasDecoding()) {
      validation.sizes();
      validation.constraints();
    }
  }

  private void sizes() {
    int actions = environment.getActionCount();
    int length = environment.getMaximumLength();
    if (decoding.getActionTokensCount() > 0) {
      entries("actionTokens", decoding.getActionTokensList(), actions, -1, vocabulary);
    }
    if (decoding.getActionPositionsCount() > 0) {
      entries("actionPositions", decoding.getActionPositionsList(), actions, -1, length);
    }
    if (decoding.getStepPositionsCount() > 0) {
      int steps = environment.getMaximumSteps();
      entries("stepPositions", decoding.getStepPositionsList(), steps, 0, length);
    }
    List<Integer> stops = decoding.getStopActionsList();
    entries("stopActions", stops, stops.size(), 0, actions);
    int minimum = decoding.getMinimumLength();
    require(minimum >= 1 && minimum <= length, "decoding.minimumLength", minimum, "1 to " + length);
  }

  private void constraints() {
    Set<ConstraintKind> seen = EnumSet.noneOf(ConstraintKind.class);
    boolean placed = decoding.getActionPositionsCount() + decoding.getStepPositionsCount() > 0;
    for (int i = 0; i < decoding.getConstraintsCount(); i++) {
      ConstraintKind kind = decoding.getConstraints(i).getKind();
      String field = "decoding.constraints[" + i + "].kind";
      require(seen.add(kind), field, kind, "each kind once");
      require(
          decoding.getActionTokensCount() > 0,
          field,
          kind,
          "no kind at all, since no action adds a token");
      switch (kind) {
        case ALLOWED_AT_STEP, FORBIDDEN_TOKENS -> {}
        case ALLOWED_AT_POSITION, PREFIX ->
            require(placed, field, kind, "a kind that needs no positions, since there are none");
        case LENGTH ->
            require(
                decoding.getStopActionsCount() > 0,
                field,
                kind,
                "a kind that needs no stop, since no action is one");
        case CONSTRAINT_KIND_UNSPECIFIED, UNRECOGNIZED ->
            require(false, field, kind, "a kind that this release knows");
      }
    }
  }

  /** Requires a number of entries, each from the lowest to below a bound. */
  private void entries(String name, List<Integer> found, int count, int lowest, int bound) {
    String field = "decoding." + name;
    require(found.size() == count, field, found.size() + " entries", Integer.toString(count));
    for (int i = 0; i < found.size(); i++) {
      int value = found.get(i);
      if (value < lowest || value >= bound) {
        require(false, field + "[" + i + "]", value, lowest + " to " + (bound - 1));
        return;
      }
    }
  }

  private void require(boolean holds, String field, Object found, String expected) {
    if (!holds) {
      problems.add(
          new Problem(BundleFormat.MANIFEST_FILE + " " + field, found.toString(), expected));
    }
  }
}
