package io.logitflow.sampler.bundle;

import io.logitflow.contract.Excerpt;
import io.logitflow.contract.Problem;
import io.logitflow.contract.Sha256;
import io.logitflow.v1.BetaRange;
import io.logitflow.v1.BundleFile;
import io.logitflow.v1.Conditioning;
import io.logitflow.v1.EnvironmentDescription;
import io.logitflow.v1.Graph;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.LogRewardTransform;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.Tabulation;
import io.logitflow.v1.TensorSignature;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whether a manifest's fields lie in the ranges that {@code bundle.proto} states, and whether the
 * graphs that it declares have the signatures of their roles. Finds every fault, not the first.
 */
final class ManifestValidation {
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,254}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private static final List<String> FIRST_CONDITIONINGS = List.of(BundleFormat.LOGIT_SCALE);
  private static final List<String> CONDITIONINGS =
      List.of(
          BundleFormat.NONE,
          BundleFormat.LAYER,
          BundleFormat.LOGIT_SCALE,
          BundleFormat.LOGIT_SCALE_AND_LAYER);

  // Of version 1, which does not have the field.
  private static final List<String> FIRST_BACKWARDS = List.of("");
  private static final List<String> BACKWARDS =
      List.of(BundleFormat.UNIFORM_BACKWARD, BundleFormat.LEARNED_BACKWARD);

  private static final List<String> SCORINGS = List.of(BundleFormat.EXACT, BundleFormat.ESTIMATE);

  /** The version since which a manifest says how its rollout and its score compute. */
  static final int FIRST_WITH_FORMS = 3;

  private static final List<String> FORMS =
      List.of(BundleFormat.UNROLLED, BundleFormat.INCREMENTAL, BundleFormat.LOOP);
  private static final List<String> LAYOUTS = List.of(BundleFormat.BY_STATE, BundleFormat.BY_EDGE);

  // A row must fit in a message many times over.
  private static final int LONGEST = 65_536;

  // A vocabulary that is wrong throughout is not listed throughout.
  private static final int MOST_FAULTY_NAMES = 10;

  // One of each role, and room for one that is there twice.
  private static final int MOST_GRAPHS = 8;
  private static final int MOST_REPORTS = 16;

  private final List<Problem> problems = new ArrayList<>();

  private ManifestValidation() {}

  /** Returns the faults of a manifest of a format version that this release reads. */
  static List<Problem> problemsOf(Manifest manifest) {
    ManifestValidation validation = new ManifestValidation();
    validation.counts(manifest);
    if (!validation.problems.isEmpty()) {
      return validation.problems;
    }
    validation.environment(manifest.getEnvironment());
    validation.vocabulary(manifest.getVocabulary());
    validation.conditioning(manifest);
    validation.backward(manifest);
    validation.rollout(manifest);
    validation.scoring(manifest);
    validation.trainedBeta(manifest.getTrainedBeta());
    validation.logReward(manifest.getLogReward());
    validation.provenance(manifest);
    validation.files(manifest);
    validation.roles(manifest);
    if (validation.problems.isEmpty()) {
      DecodingValidation.check(manifest, validation.problems);
      PrecisionValidation.check(manifest, validation.problems);
      manifest.getGraphsList().forEach(graph -> validation.graph(graph, manifest));
    }
    return validation.problems;
  }

  /** What there are more of than there can be is not looked at, or it had a fault for each. */
  private void counts(Manifest manifest) {
    atMost("graphs", manifest.getGraphsCount(), MOST_GRAPHS);
    atMost("reports", manifest.getReportsCount(), MOST_REPORTS);
    atMost(
        "vocabulary.tokens",
        manifest.getVocabulary().getTokensCount(),
        BundleFormat.LARGEST_VOCABULARY);
  }

  private void atMost(String field, int count, int largest) {
    require(count <= largest, field, count + " of them", "at most " + largest);
  }

  private void environment(EnvironmentDescription environment) {
    require(!environment.getType().isEmpty(), "environment.type", "nothing", "a name");
    inRange("environment.maximumLength", environment.getMaximumLength(), LONGEST);
    inRange("environment.maximumSteps", environment.getMaximumSteps(), LONGEST);
    inRange("environment.actionCount", environment.getActionCount(), Integer.MAX_VALUE);
    inRange("environment.featureCount", environment.getFeatureCount(), Integer.MAX_VALUE);
  }

  private void vocabulary(io.logitflow.v1.Vocabulary vocabulary) {
    require(vocabulary.getTokensCount() > 0, "vocabulary.tokens", "none", "at least one");
    Set<String> seen = new HashSet<>();
    int enough = problems.size() + MOST_FAULTY_NAMES;
    for (int i = 0; i < vocabulary.getTokensCount() && problems.size() < enough; i++) {
      String name = vocabulary.getTokens(i);
      String field = "vocabulary.tokens[" + i + "]";
      require(!name.isEmpty(), field, "an empty name", "a name of at least one character");
      require(seen.add(name), field, name, "a name that is not taken");
      require(
          !vocabulary.getSeparator().isEmpty() || name.codePointCount(0, name.length()) <= 1,
          field,
          name,
          "one character, since the separator is empty");
    }
  }

  private void conditioning(Manifest manifest) {
    Conditioning conditioning = manifest.getConditioning();
    List<String> types = manifest.getFormatVersion() == 1 ? FIRST_CONDITIONINGS : CONDITIONINGS;
    oneOf("conditioning.type", conditioning.getType(), types);
    inRange("conditioning.heads", conditioning.getHeads(), Integer.MAX_VALUE);
    if (conditioning.hasLogitClamp()) {
      positive("conditioning.logitClamp", conditioning.getLogitClamp());
    }
    boolean encodes = BundleFormat.conditionsLayers(manifest);
    require(
        conditioning.hasEncoding() == encodes,
        "conditioning.encoding",
        conditioning.hasEncoding() ? "one" : "nothing",
        (encodes ? "one" : "nothing") + ", since the conditioning is " + conditioning.getType());
    BetaRange range = manifest.getTrainedBeta();
    require(
        !conditioning.getType().equals(BundleFormat.NONE) || range.getLow() == range.getHigh(),
        "trainedBeta",
        range.getLow() + " to " + range.getHigh(),
        "one inverse temperature, since the conditioning is none");
  }

  private void backward(Manifest manifest) {
    List<String> kinds = manifest.getFormatVersion() == 1 ? FIRST_BACKWARDS : BACKWARDS;
    oneOf("backward", manifest.getBackward(), kinds);
    int count = manifest.getEnvironment().getBackwardActionCount();
    if (manifest.getFormatVersion() == 1) {
      require(
          count == 0,
          "environment.backwardActionCount",
          count,
          "nothing, since formatVersion is 1");
    } else {
      inRange("environment.backwardActionCount", count, Integer.MAX_VALUE);
    }
  }

  private void rollout(Manifest manifest) {
    if (manifest.getFormatVersion() < FIRST_WITH_FORMS) {
      String expected = "nothing, since formatVersion is " + manifest.getFormatVersion();
      require(!manifest.hasRollout(), "rollout", "one", expected);
      require(!manifest.getExactProducts(), "exactProducts", true, expected);
      return;
    }
    oneOf("rollout.form", manifest.getRollout().getForm(), FORMS);
    if (manifest.getRollout().hasTabulation()) {
      Tabulation tabulation = manifest.getRollout().getTabulation();
      oneOf("rollout.tabulation.layout", tabulation.getLayout(), LAYOUTS);
      inRange(
          "rollout.tabulation.steps",
          tabulation.getSteps(),
          Math.max(1, manifest.getEnvironment().getMaximumSteps()));
    }
  }

  private void scoring(Manifest manifest) {
    int shortest = manifest.getEnvironment().getMinimumLength();
    if (manifest.getFormatVersion() < FIRST_WITH_FORMS) {
      String expected = "nothing, since formatVersion is " + manifest.getFormatVersion();
      require(!manifest.hasScoring(), "scoring", "one", expected);
      require(shortest == 0, "environment.minimumLength", shortest, expected);
      return;
    }
    inRange(
        "environment.minimumLength",
        shortest,
        Math.max(1, manifest.getEnvironment().getMaximumLength()));
    if (manifest.hasScoring()) {
      oneOf("scoring.kind", manifest.getScoring().getKind(), SCORINGS);
    }
  }

  private void trainedBeta(BetaRange range) {
    positive("trainedBeta.low", range.getLow());
    positive("trainedBeta.high", range.getHigh());
    require(
        !(range.getHigh() < range.getLow()),
        "trainedBeta.high",
        range.getHigh(),
        "at least trainedBeta.low, " + range.getLow());
  }

  private void logReward(LogRewardTransform transform) {
    positive("logReward.floor", transform.getFloor());
    positive("logReward.exponent", transform.getExponent());
    positive("logReward.scale", transform.getScale());
  }

  private void provenance(Manifest manifest) {
    String found = manifest.getProvenance().getConfigSha256();
    String expected = Sha256.of(manifest.getConfig().getBytes(StandardCharsets.UTF_8));
    require(
        found.equals(expected),
        "provenance.configSha256",
        "\"" + found + "\"",
        expected + ", the SHA-256 of config");
  }

  private void files(Manifest manifest) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < manifest.getGraphsCount(); i++) {
      file("graphs[" + i + "].file", manifest.getGraphs(i).getFile(), seen);
    }
    for (int i = 0; i < manifest.getReportsCount(); i++) {
      file("reports[" + i + "]", manifest.getReports(i), seen);
    }
  }

  private void file(String field, BundleFile file, Set<String> seen) {
    String name = file.getName();
    require(
        FILE_NAME.matcher(name).matches(),
        field + ".name",
        "\"" + name + "\"",
        "a plain file name of letters, digits, '.', '_' and '-'");
    require(seen.add(name), field + ".name", name, "a name that is not taken");
    require(
        SHA256.matcher(file.getSha256()).matches(),
        field + ".sha256",
        "\"" + file.getSha256() + "\"",
        "64 lower-case hexadecimal digits");
  }

  private void roles(Manifest manifest) {
    Set<Role> present = EnumSet.noneOf(Role.class);
    for (int i = 0; i < manifest.getGraphsCount(); i++) {
      Role role = manifest.getGraphs(i).getRole();
      String field = "graphs[" + i + "].role";
      boolean known = role != Role.ROLE_UNSPECIFIED && role != Role.UNRECOGNIZED;
      require(known, field, role, "POLICY, SCALE, LOG_PARTITION, ROLLOUT, SCORE or DECODING");
      require(present.add(role), field, role, "one graph of each role");
    }
    for (Role role : List.of(Role.POLICY, Role.LOG_PARTITION, Role.ROLLOUT)) {
      require(present.contains(role), "graphs", "no graph of role " + role, "one");
    }
    boolean scaled = BundleFormat.scalesLogits(manifest);
    String reason = "since the conditioning is " + manifest.getConditioning().getType();
    require(
        present.contains(Role.SCALE) || !scaled,
        "graphs",
        "no graph of role SCALE",
        "one, " + reason);
    require(
        scaled || !present.contains(Role.SCALE),
        "graphs",
        "a graph of role SCALE",
        "none, " + reason);
    boolean scores = present.contains(Role.SCORE);
    require(
        scores == manifest.hasScoring(),
        "graphs",
        (scores ? "a" : "no") + " graph of role SCORE",
        scores ? "none, since there is no scoring" : "one, since there is a scoring");
  }

  private void graph(Graph graph, Manifest manifest) {
    String field = graph.getRole().name().toLowerCase(Locale.ROOT) + " graph's ";
    signatures(
        field + "inputs", graph.getInputsList(), GraphSignatures.inputs(graph.getRole(), manifest));
    signatures(
        field + "outputs",
        graph.getOutputsList(),
        GraphSignatures.outputs(graph.getRole(), manifest));
  }

  private void signatures(
      String field, List<TensorSignature> found, List<TensorSignature> expected) {
    Set<TensorSignature> distinct = new HashSet<>(found);
    require(
        found.size() == expected.size() && distinct.equals(Set.copyOf(expected)),
        field,
        Signatures.text(found),
        Signatures.text(expected));
  }

  private void inRange(String field, int value, int largest) {
    require(
        value >= 1 && value <= largest,
        field,
        value,
        largest == Integer.MAX_VALUE ? "at least 1" : "1 to " + largest);
  }

  private void oneOf(String field, String value, List<String> known) {
    require(
        known.contains(value),
        field,
        "\"" + value + "\"",
        known.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(" or ")));
  }

  private void positive(String field, double value) {
    require(value > 0 && Double.isFinite(value), field, value, "a finite number above 0");
  }

  private void require(boolean holds, String field, Object found, String expected) {
    if (!holds) {
      // A fault is one line, whatever the manifest holds.
      problems.add(
          new Problem(BundleFormat.MANIFEST_FILE + " " + field, Excerpt.of(found), expected));
    }
  }
}
