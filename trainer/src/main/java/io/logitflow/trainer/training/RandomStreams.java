package io.logitflow.trainer.training;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The random generators of a run, each derived from the seed, what it is for and the round, so that
 * a resumed run draws what an uninterrupted one would and no generator's state needs saving.
 *
 * @param seed the run's seed
 */
public record RandomStreams(long seed) {
  private static final RandomGeneratorFactory<RandomGenerator> FACTORY =
      RandomGeneratorFactory.of("L64X128MixRandom");

  /** What a generator is for. */
  public enum Purpose {
    /** Initial parameters. */
    INITIALISATION(1),
    /** Everything that a round of training draws. */
    ROUND(2),
    /** Samples drawn to evaluate a model; numbered by the position of β. */
    EVALUATION(3),
    /** Fresh trajectories that are drawn ahead of the round that learns from them. */
    AHEAD(4);

    private final long code;

    Purpose(long code) {
      this.code = code;
    }
  }

  /**
   * Creates a generator.
   *
   * @param purpose what it is for
   * @param number the round, or another number within the purpose
   */
  public RandomGenerator of(Purpose purpose, long number) {
    return FACTORY.create(mix(mix(mix(seed) + purpose.code) + number));
  }

  /** Finaliser of SplitMix64 (Steele, Lea and Flood 2014, variant 13 of Stafford's). */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /**
   * Draws uniforms of 24 bits.
   *
   * @param random source of randomness
   * @param size how many
   * @return [size] in [0, 1)
   */
  public static float[] uniforms(RandomGenerator random, int size) {
    float[] uniforms = new float[size];
    for (int i = 0; i < size; i++) {
      uniforms[i] = random.nextFloat();
    }
    return uniforms;
  }
}
