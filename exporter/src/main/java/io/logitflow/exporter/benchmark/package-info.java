/**
 * Benchmarks of the exported sampler, measured by JMH, each beside a baseline of the same run. May
 * use everything of the exporter but its commands.
 */
@NullMarked
package io.logitflow.exporter.benchmark;

import org.jspecify.annotations.NullMarked;
