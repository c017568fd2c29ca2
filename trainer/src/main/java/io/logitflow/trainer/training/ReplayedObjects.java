package io.logitflow.trainer.training;

import io.logitflow.trainer.environment.ObjectBatch;

/**
 * Objects drawn from the replay buffer.
 *
 * @param objects [N]
 * @param logRewards [N] their log rewards
 */
record ReplayedObjects(ObjectBatch objects, double[] logRewards) {}
