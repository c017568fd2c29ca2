/**
 * What exported graphs are made of and where their time goes. May use {@code graph} and the
 * sampler's bundles; knows nothing of the trainer.
 */
@NullMarked
package io.logitflow.exporter.inspection;

import org.jspecify.annotations.NullMarked;
