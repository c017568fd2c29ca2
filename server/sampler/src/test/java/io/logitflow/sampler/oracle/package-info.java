/**
 * The independent truth of tests: exact distributions and their statistics. Uses the bundle's
 * policy, never its rollout.
 */
@NullMarked
package io.logitflow.sampler.oracle;

import org.jspecify.annotations.NullMarked;
