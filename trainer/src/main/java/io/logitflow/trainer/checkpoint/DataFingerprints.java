package io.logitflow.trainer.checkpoint;

/**
 * SHA-256 of the files behind a run, 64 lower-case hexadecimal digits each; empty where there is no
 * such file.
 *
 * @param reward data that scores come from
 * @param modes list of known modes
 * @param offline data set of {@code training.offline}
 * @param initialParameters file of the parameters of another run that this one started from
 */
public record DataFingerprints(
    String reward, String modes, String offline, String initialParameters) {
  /**
   * Returns the same, of a run that started from the parameters of another.
   *
   * @param sha256 SHA-256 of that run's file of parameters
   */
  public DataFingerprints startedFrom(String sha256) {
    return new DataFingerprints(reward, modes, offline, sha256);
  }
}
