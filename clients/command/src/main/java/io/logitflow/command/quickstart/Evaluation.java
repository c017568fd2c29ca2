package io.logitflow.command.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the training run found of its model, read from {@code evaluation.json}.
 *
 * @param file where it stood
 * @param betas one entry for each inverse temperature that was evaluated
 */
record Evaluation(Path file, List<AtBeta> betas) {
  Evaluation {
    betas = List.copyOf(betas);
  }

  /**
   * The exact figures at one inverse temperature.
   *
   * @param beta the inverse temperature
   * @param expectedScoreTarget expectation of the score under p(x) proportional to R(x)^beta
   * @param totalVariation between the model's exact p(x; beta) and the target, 0 to 1
   * @param logZLearned log Z(beta) as the model has it
   * @param logZExact log of the sum of R(x)^beta
   */
  record AtBeta(
      double beta,
      double expectedScoreTarget,
      double totalVariation,
      double logZLearned,
      double logZExact) {}

  /**
   * Reads the file.
   *
   * @throws LogitFlowException if it is not there, not JSON, or lacks a number; the message names
   *     the field
   */
  static Evaluation read(Path file) {
    JsonNode root = parse(file);
    JsonNode betas = root.path("betas");
    if (!betas.isArray()) {
      throw fault(file + ": betas", betas, "a list");
    }
    List<AtBeta> entries = new ArrayList<>();
    for (int i = 0; i < betas.size(); i++) {
      String at = file + ": betas[" + i + "].";
      JsonNode entry = betas.get(i);
      entries.add(
          new AtBeta(
              number(at, entry, "beta"),
              number(at, entry, "expected_score_target"),
              number(at, entry, "total_variation"),
              number(at, entry, "log_z_learned"),
              number(at, entry, "log_z_exact")));
    }
    return new Evaluation(file, entries);
  }

  /**
   * Returns the figures at an inverse temperature.
   *
   * @throws LogitFlowException if it was not evaluated
   */
  AtBeta at(float beta) {
    return betas.stream()
        .filter(entry -> (float) entry.beta() == beta)
        .findFirst()
        .orElseThrow(
            () ->
                new LogitFlowException(
                    Category.FAILED,
                    new Problem(
                            file + ": betas",
                            betas.stream().map(AtBeta::beta).toList().toString(),
                            "an entry of beta " + beta)
                        .toString()));
  }

  private static JsonNode parse(Path file) {
    try {
      return new ObjectMapper().readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new LogitFlowException(
          Category.FAILED, file + ": not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
  }

  private static double number(String at, JsonNode entry, String field) {
    JsonNode value = entry.path(field);
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw fault(at + field, value, "a number");
    }
    return value.doubleValue();
  }

  private static LogitFlowException fault(String subject, JsonNode found, String expected) {
    String what = found.isMissingNode() ? "nothing" : found.toString();
    return new LogitFlowException(Category.FAILED, new Problem(subject, what, expected).toString());
  }
}
