/**
 * Tables of all states up to a depth: their numbers, successors and logits, and how far they reach
 * within a budget of bytes. May use the trainer's environments and policies; knows no graph.
 */
@NullMarked
package io.logitflow.exporter.tabulation;

import org.jspecify.annotations.NullMarked;
