package io.logitflow.trainer.training;

import io.logitflow.trainer.environment.ObjectBatch;

/**
 * Objects out of the replay buffer.
 *
 * @param objects [N]
 * @param logRewards [N] their log rewards
 */
public record ReplayedObjects(ObjectBatch objects, double[] logRewards) {}
