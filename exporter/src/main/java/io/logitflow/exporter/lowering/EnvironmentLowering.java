package io.logitflow.exporter.lowering;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.NonAutoregressive;
import io.logitflow.trainer.environment.PrependAppend;
import io.logitflow.v1.DecodingDescription;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The step logic of an environment as nodes of the rollout, where B trajectories run side by side.
 * It stands beside the trainer's own and must agree with it.
 */
public interface EnvironmentLowering {
  /**
   * Returns the lowering of an environment.
   *
   * @param environment an environment of this release
   * @throws InvalidInputException if there is none
   */
  static EnvironmentLowering of(Environment environment) {
    if (environment instanceof PrependAppend strings) {
      return new PrependAppendLowering(strings);
    }
    if (environment instanceof Autoregressive strings) {
      return new AutoregressiveLowering(strings);
    }
    if (environment instanceof Hypergrid grid) {
      return new HypergridLowering(grid);
    }
    if (environment instanceof NonAutoregressive words) {
      return new NonAutoregressiveLowering(words);
    }
    throw new InvalidInputException(
        "environment", environment.type(), "an environment that has a lowering into ONNX");
  }

  /** Returns the actions that are valid in the root. */
  ActionRange rootActions();

  /**
   * Takes the first step, from the root.
   *
   * @param choice one of {@link #rootActions} in each row
   * @return the states reached
   */
  LoweredState firstStep(GraphBuilder graph, ActionChoice choice);

  /**
   * Returns how many of the first cells of a state, as the trainer's batches have them, tell it
   * from others at as many steps from the root.
   *
   * @param steps t, 1 to T - 1
   */
  int cells(int steps);

  /**
   * Goes on from states that were looked up.
   *
   * @param steps t, 1 to T - 1, the steps taken
   * @param cells [B, {@link #cells}] the first cells of each state
   * @param distance [B, 1] each state's distance from the root, fewer than t where the trajectory
   *     has ended before; null if none can have
   * @return the states
   */
  LoweredState resume(GraphBuilder graph, int steps, Value cells, @Nullable Value distance);

  /**
   * Returns the last step where it adds a token to a string; empty where it may do other things.
   */
  default Optional<LastToken> lastToken() {
    return Optional.empty();
  }

  /**
   * Returns the steps as a loop repeats them; unless overridden there are none.
   *
   * @param readsFeatures whether the policy reads all features of each state; else what a step
   *     appended, where it appends
   */
  default Optional<RepeatedSteps> repeated(boolean readsFeatures) {
    return Optional.empty();
  }

  /**
   * Returns what the actions mean to constraints, the fewest tokens of an object left out; unless
   * overridden, no constraint is supported.
   */
  default DecodingDescription decoding() {
    return DecodingDescription.getDefaultInstance();
  }
}
