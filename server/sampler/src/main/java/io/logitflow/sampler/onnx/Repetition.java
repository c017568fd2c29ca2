package io.logitflow.sampler.onnx;

/**
 * The nodes of a graph that stand in the body of a loop.
 *
 * @param nodes how many there are
 * @param times how often each runs
 */
public record Repetition(int nodes, long times) {}
