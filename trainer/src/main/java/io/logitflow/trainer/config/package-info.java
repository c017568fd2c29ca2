/**
 * The training configuration: immutable records that mirror the YAML file, and its loading with all
 * faults reported at once. Depends on no other package of the trainer.
 */
@NullMarked
package io.logitflow.trainer.config;

import org.jspecify.annotations.NullMarked;
