/**
 * What a trained model's distribution is and how far it lies from the target: exact probabilities,
 * modes, the report. Only reads; may use everything of the trainer but the loop's inside.
 */
@NullMarked
package io.logitflow.trainer.evaluation;

import org.jspecify.annotations.NullMarked;
