/**
 * Networks over one flat parameter vector: the policy, how β scales its logits, and log Z(β). May
 * use {@code config} and {@code environment}; with {@code objective}, {@code training} and {@code
 * checkpoint} the only packages that touch tensors.
 */
@NullMarked
package io.logitflow.trainer.policy;

import org.jspecify.annotations.NullMarked;
