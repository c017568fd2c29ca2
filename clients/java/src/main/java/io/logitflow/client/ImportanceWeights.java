package io.logitflow.client;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.v1.Column;
import io.logitflow.v1.Constraint;
import io.logitflow.v1.ConstraintKind;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.SupportedConstraint;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Weights that turn candidates of a model into candidates of its target, given their true scores:
 * log w = β log R − log P_F + log P_B − log Z, for trajectories τ that were drawn with P_F(τ), the
 * policy under its constraint if there is one. Over candidates, w · f has the mean Z*(β)/Z(β) ·
 * E[f(x)], x drawn from the target R(x)^β / Z*(β) over the objects that the constraint permits: the
 * model's error leaves the estimates, and shows in how unequal the weights are.
 *
 * <p>Estimates are self-normalised: consistent, with a bias of the order of 1/n. They are of one
 * inverse temperature; n is the number of candidates.
 */
public final class ImportanceWeights {
  /** Columns that a query must ask for. */
  public static final Set<Column> COLUMNS =
      Set.of(Column.LOG_PF_DRAWN, Column.LOG_PB, Column.LOG_Z);

  private final double[] logWeights;
  private final double largest;
  private final double logPartition;

  private ImportanceWeights(double[] logWeights, double logPartition) {
    this.logWeights = logWeights;
    this.logPartition = logPartition;
    this.largest = Arrays.stream(logWeights).max().orElseThrow();
  }

  /**
   * Weighs candidates.
   *
   * @param model as {@link SamplerClient#describeModel} tells of it
   * @param rule of the query that they came from: {@link SampleQuery#rule}
   * @param candidates n at least 1, all of one inverse temperature, with {@link #COLUMNS}
   * @param scores [n] their true scores, finite
   * @throws InvalidInputException if the candidates are not independent draws of whole objects
   *     (greedy, truncated, distinct, or of a constraint that cuts some of a permitted object's
   *     trajectories); if there are none, of several inverse temperatures, without a column, or
   *     another number of scores or one that is not finite
   */
  public static ImportanceWeights of(
      DescribeModelResponse model, DrawRule rule, List<Candidate> candidates, double... scores) {
    requireWholeObjects(model, rule);
    RewardTransform transform = RewardTransform.of(model);
    if (candidates.isEmpty()) {
      throw new InvalidInputException("candidates", "none", "at least one");
    }
    if (scores.length != candidates.size()) {
      throw new InvalidInputException(
          "scores", scores.length + " scores", candidates.size() + ", one for each candidate");
    }
    float beta = candidates.get(0).beta();
    double[] logWeights = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      Candidate candidate = candidates.get(i);
      if (candidate.beta() != beta) {
        throw new InvalidInputException(
            "candidates[" + i + "] beta", candidate.beta(), beta + ", as that of the others");
      }
      if (!Double.isFinite(scores[i])) {
        throw new InvalidInputException("scores[" + i + "]", scores[i], "a finite number");
      }
      logWeights[i] =
          beta * transform.logReward(scores[i])
              - value(i, Column.LOG_PF_DRAWN, candidate.logPfDrawn())
              + value(i, Column.LOG_PB, candidate.logPb())
              - value(i, Column.LOG_Z, candidate.logZ());
    }
    return new ImportanceWeights(logWeights, candidates.get(0).logZ().orElseThrow());
  }

  /** P_B of an object's trajectories has to add up to 1 over those that could be drawn. */
  private static void requireWholeObjects(DescribeModelResponse model, DrawRule rule) {
    if (rule.greedy()) {
      throw new InvalidInputException("greedy", "true", "false: nothing is drawn");
    }
    rule.topP()
        .ifPresent(
            reached -> {
              if (reached < 1) {
                throw new InvalidInputException(
                    "top_p", reached, "1 or nothing: what is truncated has no weight");
              }
            });
    if (rule.unique().isPresent()) {
      throw new InvalidInputException(
          "unique_count",
          rule.unique().getAsLong(),
          "nothing: distinct objects are no independent draws");
    }
    Set<ConstraintKind> kinds = rule.constraint().map(ImportanceWeights::kinds).orElse(Set.of());
    for (SupportedConstraint supported : model.getDecoding().getConstraintsList()) {
      if (supported.getCutsTrajectories() && kinds.contains(supported.getKind())) {
        throw new InvalidInputException(
            "constraint",
            supported.getKind(),
            "none that cuts some trajectories of an object that it permits, as this does");
      }
    }
  }

  private static Set<ConstraintKind> kinds(Constraint constraint) {
    Set<ConstraintKind> kinds = EnumSet.noneOf(ConstraintKind.class);
    if (constraint.getAllowedAtStepCount() > 0) {
      kinds.add(ConstraintKind.ALLOWED_AT_STEP);
    }
    if (constraint.getAllowedAtPositionCount() > 0) {
      kinds.add(ConstraintKind.ALLOWED_AT_POSITION);
    }
    if (constraint.getPrefixCount() > 0) {
      kinds.add(ConstraintKind.PREFIX);
    }
    if (constraint.hasLength()) {
      kinds.add(ConstraintKind.LENGTH);
    }
    if (constraint.getForbiddenTokensCount() > 0) {
      kinds.add(ConstraintKind.FORBIDDEN_TOKENS);
    }
    return kinds;
  }

  private static double value(int i, Column column, OptionalDouble value) {
    return value.orElseThrow(
        () ->
            new InvalidInputException(
                "candidates[" + i + "]",
                "no column " + column,
                "LOG_PF_DRAWN, LOG_PB and LOG_Z, which the query has to ask for"));
  }

  /** Returns the logarithms of the weights, [n], natural; not normalised. */
  public double[] logWeights() {
    return logWeights.clone();
  }

  /** Returns the weights, [n], which add up to 1. */
  public double[] normalised() {
    double[] weights = new double[logWeights.length];
    double total = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.exp(logWeights[i] - largest);
      total += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= total;
    }
    return weights;
  }

  /**
   * Returns how many candidates drawn from the target itself would be worth these: (Σ w)² / Σ w²,
   * from 1 to n (Kong 1992). Far below n, the model is far from its target, and estimates are poor.
   */
  public double effectiveSampleSize() {
    return 1 / Arrays.stream(normalised()).map(weight -> weight * weight).sum();
  }

  /**
   * Returns the self-normalised estimate of a quantity's mean over the target.
   *
   * @param values [n] the quantity of each candidate
   * @throws InvalidInputException if there is another number of values
   */
  public double mean(double... values) {
    if (values.length != logWeights.length) {
      throw new InvalidInputException(
          "values", values.length + " values", logWeights.length + ", one for each candidate");
    }
    double[] weights = normalised();
    double mean = 0;
    for (int i = 0; i < values.length; i++) {
      mean += weights[i] * values[i];
    }
    return mean;
  }

  /** Returns the estimate of the target's log Z*(β): the model's plus log of the mean weight. */
  public double logPartition() {
    double total = Arrays.stream(logWeights).map(weight -> Math.exp(weight - largest)).sum();
    return logPartition + largest + Math.log(total / logWeights.length);
  }
}
