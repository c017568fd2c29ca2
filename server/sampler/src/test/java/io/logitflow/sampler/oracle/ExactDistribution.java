package io.logitflow.sampler.oracle;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.v1.Graph.Role;
import java.util.Map;

/**
 * The exact p(x; beta) of a small prepend-append bundle, by dynamic programming over all strings
 * from {@code policy.onnx} and {@code scale.onnx}: neither the rollout nor a random number has a
 * part in it. A string's index is its value in base V, the first token most significant.
 */
public final class ExactDistribution {
  private ExactDistribution() {}

  /** Returns the probability of every object {@code [V^L]}. */
  public static double[] of(Bundle bundle, float beta) {
    int vocabulary = bundle.vocabulary().size();
    int length = bundle.rowWidth();
    float[] scale = run(bundle, Role.SCALE, BundleFormat.BETA, new float[][] {{beta}});
    double[] probability = {1};
    int states = 1;
    for (int step = 0; step < length; step++) {
      float[] logits =
          run(
              bundle,
              Role.POLICY,
              BundleFormat.FEATURES,
              features(step, states, vocabulary, length));
      double[] next = new double[states * vocabulary];
      for (int state = 0; state < states; state++) {
        int actions = step == 0 ? vocabulary : 2 * vocabulary;
        double[] choice = softmax(logits, scale, state, 2 * vocabulary, actions);
        for (int action = 0; action < actions; action++) {
          int token = action % vocabulary;
          int child = action < vocabulary ? state * vocabulary + token : token * states + state;
          next[child] += probability[state] * choice[action];
        }
      }
      probability = next;
      states *= vocabulary;
    }
    return probability;
  }

  /** Returns the learned log Z(beta), from {@code log_partition.onnx}. */
  public static float logPartition(Bundle bundle, float beta) {
    return run(bundle, Role.LOG_PARTITION, BundleFormat.BETA, new float[][] {{beta}})[0];
  }

  private static double[] softmax(
      float[] logits, float[] scale, int state, int actionCount, int valid) {
    double[] weight = new double[valid];
    double total = 0;
    for (int action = 0; action < valid; action++) {
      double scaled = 0;
      for (int head = 0; head < scale.length; head++) {
        scaled +=
            (double) scale[head] * logits[(state * scale.length + head) * actionCount + action];
      }
      weight[action] = Math.exp(scaled);
      total += weight[action];
    }
    for (int action = 0; action < valid; action++) {
      weight[action] /= total;
    }
    return weight;
  }

  private static float[][] features(int step, int states, int vocabulary, int length) {
    float[][] features = new float[states][length * vocabulary];
    for (int state = 0; state < states; state++) {
      int rest = state;
      for (int position = step - 1; position >= 0; position--) {
        features[state][position * vocabulary + rest % vocabulary] = 1;
        rest /= vocabulary;
      }
    }
    return features;
  }

  private static float[] run(Bundle bundle, Role role, String input, float[][] rows) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(bundle.path(role).toString());
        OnnxTensor tensor = OnnxTensor.createTensor(environment, rows);
        OrtSession.Result result = session.run(Map.of(input, tensor))) {
      return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }
}
