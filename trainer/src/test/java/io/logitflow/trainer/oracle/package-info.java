/**
 * Independent truths that tests compare with: enumeration, plain arithmetic, finite differences.
 */
@NullMarked
package io.logitflow.trainer.oracle;

import org.jspecify.annotations.NullMarked;
