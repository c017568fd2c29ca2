package io.logitflow.trainer.report;

import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.evaluation.EvaluationReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a run's page shows.
 *
 * @param name the run's name
 * @param written when the page is written
 * @param round rounds done
 * @param config the run's effective configuration
 * @param metrics its recorded metrics
 * @param model the trained model; absent where the run was stopped early
 */
public record RunSummary(
    String name,
    Instant written,
    long round,
    TrainerConfig config,
    MetricsTable metrics,
    @Nullable Model model) {

  /**
   * A trained model as its evaluation saw it.
   *
   * @param report the figures
   * @param tokens names of the environment's tokens
   * @param scale the learned scale of logits; absent where β enters the policy otherwise
   */
  public record Model(EvaluationReport report, List<String> tokens, @Nullable ScaleCurve scale) {}

  /**
   * The scales at which a policy's logits enter at each β.
   *
   * @param betas inverse temperatures, ascending, [N]
   * @param scales [N] for each head of each policy, by its name
   */
  public record ScaleCurve(float[] betas, Map<String, float[]> scales) {}
}
