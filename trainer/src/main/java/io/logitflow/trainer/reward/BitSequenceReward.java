package io.logitflow.trainer.reward;

import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.config.RewardConfig.Distance;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The reward of bit sequences (Malkin et al. 2022, "Trajectory balance: Improved credit assignment
 * in GFlowNets", section 5.3): exp(−d), d the distance to the nearest of a set of modes, each put
 * together from blocks of 8 bits drawn from five. With the Hamming distance it is exp(−d/n), n the
 * number of bits, as in gfnx.
 */
public final class BitSequenceReward implements Reward {
  private static final List<String> BLOCKS =
      List.of("00000000", "11111111", "11110000", "00001111", "00111100");

  private static final int BLOCK_BITS = 8;

  private final List<String> words;
  private final int length;
  private final Distance distance;
  private final Set<String> modes;
  private final List<BitString> modeBits;

  /**
   * Creates the reward.
   *
   * @param config the modes and the distance
   * @param environment whose objects have all the same number of tokens, the tokens named by all
   *     words of as many bits; the bits of an object are a multiple of 8
   */
  public BitSequenceReward(RewardConfig.BitSequence config, Environment environment) {
    this.words = environment.tokens();
    this.length = environment.maximumLength();
    this.distance = config.distance();
    this.modes = draw(config, length * words.get(0).length() / BLOCK_BITS);
    this.modeBits = modes.stream().map(BitString::of).toList();
  }

  /** Draws with the generator that Java specifies to the bit, for the modes to stay the same. */
  private static Set<String> draw(RewardConfig.BitSequence config, int blocks) {
    Random random = new Random(config.modeSeed());
    Set<String> modes = new LinkedHashSet<>();
    while (modes.size() < config.modeCount()) {
      StringBuilder mode = new StringBuilder();
      for (int block = 0; block < blocks; block++) {
        mode.append(BLOCKS.get(random.nextInt(BLOCKS.size())));
      }
      modes.add(mode.toString());
    }
    return modes;
  }

  /** Returns the modes, whose score is 1, as objects of the environment. */
  public ObjectBatch modes() {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < words.size(); id++) {
      ids.put(words.get(id), id);
    }
    int wordBits = words.get(0).length();
    int[] tokens =
        modes.stream()
            .flatMapToInt(
                mode ->
                    IntStream.range(0, length)
                        .map(i -> ids.get(mode.substring(i * wordBits, (i + 1) * wordBits))))
            .toArray();
    int[] lengths = new int[modes.size()];
    Arrays.fill(lengths, length);
    return new ObjectBatch(lengths.length, length, tokens, lengths);
  }

  @Override
  public double[] scores(ObjectBatch objects) {
    double[] scores = new double[objects.rows()];
    for (int row = 0; row < scores.length; row++) {
      StringBuilder digits = new StringBuilder();
      for (int i = 0; i < objects.lengths()[row]; i++) {
        digits.append(words.get(objects.tokens()[row * objects.width() + i]));
      }
      scores[row] = score(BitString.of(digits.toString()));
    }
    return scores;
  }

  private double score(BitString object) {
    int nearest = Integer.MAX_VALUE;
    for (BitString mode : modeBits) {
      nearest =
          Math.min(
              nearest,
              distance == Distance.EDIT ? mode.editDistance(object) : mode.hammingDistance(object));
    }
    return Math.exp(distance == Distance.EDIT ? -nearest : -nearest / (double) object.length());
  }
}
