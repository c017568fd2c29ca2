package io.logitflow.trainer.checkpoint;

/**
 * The data files behind a run, by the SHA-256 of their bytes: a run goes on with the same ones
 * only.
 *
 * @param reward of what scores come from
 * @param modes of the list of known modes, empty where none are known
 */
public record DataFingerprints(String reward, String modes) {}
