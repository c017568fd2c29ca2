/**
 * What people look at of a run: its metrics as JSON lines and as TensorBoard's event files, its
 * page, and the comparison of several runs. Reads what {@code config}, {@code training} and {@code
 * evaluation} give; only {@code command} uses it.
 */
@NullMarked
package io.logitflow.trainer.report;

import org.jspecify.annotations.NullMarked;
