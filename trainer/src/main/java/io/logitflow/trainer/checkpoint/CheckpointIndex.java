package io.logitflow.trainer.checkpoint;

import java.util.Map;

/**
 * The counters of a checkpoint and the checksums of its files: {@code state.json}.
 *
 * @param formatVersion version of the checkpoint's format
 * @param round rounds done
 * @param optimiserSteps steps of the optimiser
 * @param rewardCalls objects that the reward has been asked for
 * @param modesFound modes seen, as bits by their position in the list, 64 a number
 * @param replayOldest the slot of the replay buffer that was filled first
 * @param data the data files behind the run
 * @param files SHA-256 of every other file, by its name
 */
record CheckpointIndex(
    int formatVersion,
    long round,
    long optimiserSteps,
    long rewardCalls,
    long[] modesFound,
    int replayOldest,
    DataFingerprints data,
    Map<String, String> files) {
  static final int FORMAT_VERSION = 2;

  /** Returns the checksum of a file, or a word that equals none where the index lacks it. */
  String checksum(String file) {
    return files.getOrDefault(file, "none");
  }
}
