/**
 * The graphs of states that objects are built in, in a batched form of primitive arrays. May use
 * {@code config}; knows neither rewards nor policies.
 */
@NullMarked
package io.logitflow.trainer.environment;

import org.jspecify.annotations.NullMarked;
