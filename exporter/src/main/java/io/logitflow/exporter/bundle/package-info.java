/**
 * Writing of bundles: a trained model's graphs, their manifest and what a check says of them, as a
 * directory that appears whole or not at all. May use {@code lowering} and {@code graph}.
 */
@NullMarked
package io.logitflow.exporter.bundle;

import org.jspecify.annotations.NullMarked;
