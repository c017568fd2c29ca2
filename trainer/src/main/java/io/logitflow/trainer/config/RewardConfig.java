package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The source of scores, by its {@code type}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RewardConfig.Table.class, name = "table"),
  @JsonSubTypes.Type(value = RewardConfig.Onnx.class, name = "onnx"),
  @JsonSubTypes.Type(value = RewardConfig.Motif.class, name = "motif"),
  @JsonSubTypes.Type(value = RewardConfig.Hypergrid.class, name = "hypergrid"),
  @JsonSubTypes.Type(value = RewardConfig.BitSequence.class, name = "bit-sequence"),
  @JsonSubTypes.Type(value = RewardConfig.Grpc.class, name = "grpc")
})
public sealed interface RewardConfig {
  /** Returns the most scores that are kept so as not to be asked for again; 0 keeps none. */
  default int cacheCapacity() {
    return 0;
  }

  /**
   * A table of measured scores that covers every object.
   *
   * @param file Parquet if its name ends in {@code .parquet}, else CSV, gzipped if it ends in
   *     {@code .gz}; relative to the config's directory
   * @param objectColumn header of the column that holds objects as text
   * @param scoreColumn header of the column that holds scores
   */
  record Table(@NotNull Path file, @NotNull String objectColumn, @NotNull String scoreColumn)
      implements RewardConfig {}

  /**
   * A model of the user's, run by ONNX Runtime. N is the batch, S the most tokens of an object, V
   * the number of tokens.
   *
   * @param file the model, relative to the config's directory
   * @param input name of the input that takes objects
   * @param encoding how objects are laid out there
   * @param lengthInput name of the input that takes the numbers of tokens, INT64 or INT32 [N];
   *     absent where the model needs none
   * @param output name of the output that holds scores, FLOAT or DOUBLE, [N] or [N, 1]
   * @param batch the most objects of one run
   */
  record Onnx(
      @NotNull Path file,
      @NotNull String input,
      @NotNull Encoding encoding,
      @Nullable String lengthInput,
      @NotNull String output,
      @Min(1) @Max(65_536) int batch)
      implements RewardConfig {}

  /** How objects enter a model. */
  enum Encoding {
    /** FLOAT [N, S, V], zeros behind the end of an object. */
    @JsonProperty("one-hot")
    ONE_HOT,
    /** INT64 or INT32 [N, S], as the model says, 0 behind the end of an object. */
    @JsonProperty("token-ids")
    TOKEN_IDS
  }

  /**
   * The best hit of a motif on either strand of DNA or RNA.
   *
   * @param file a position frequency matrix in JASPAR's format, relative to the config's directory
   * @param pseudocount what is added to the counts of each position, a quarter for each base
   */
  record Motif(@NotNull Path file, @Positive double pseudocount) implements RewardConfig {}

  /**
   * The reward of the hypergrid (Bengio et al. 2021): with u = |x/(H − 1) − 1/2| for each
   * coordinate x, r0 + r1 where every u is above 0.25, + r2 where every u is between 0.3 and 0.4.
   *
   * @param r0 everywhere
   * @param r1 in the corners
   * @param r2 in the modes, which lie within the corners
   */
  record Hypergrid(@Positive double r0, @DecimalMin("0") double r1, @DecimalMin("0") double r2)
      implements RewardConfig {}

  /**
   * The reward of bit sequences (Malkin et al. 2022): how near an object is to a set of modes that
   * are put together from blocks.
   *
   * @param modeCount modes, all different
   * @param modeSeed the modes derive from it
   * @param distance how nearness is measured
   */
  record BitSequence(@Min(1) @Max(100_000) int modeCount, long modeSeed, @NotNull Distance distance)
      implements RewardConfig {}

  /** A distance d between bit sequences of length n. */
  enum Distance {
    /** Insertions, deletions and substitutions; the score is exp(−d) (Malkin et al. 2022). */
    @JsonProperty("edit")
    EDIT,
    /** Positions that differ; the score is exp(−d/n) (gfnx). */
    @JsonProperty("hamming")
    HAMMING
  }

  /**
   * A service of the user's, {@code RewardService} of {@code reward.proto}, called without
   * encryption.
   *
   * @param target where it is, such as {@code localhost:50051}, or another target of gRPC
   * @param deadlineSeconds how long a call may take, its further attempts included
   * @param attempts how often a call is tried while the service is unavailable or overloaded
   * @param batch the most objects of one call
   * @param concurrency the most calls at the same time
   * @param cacheCapacity the most scores that training keeps, the oldest leave first; an evaluation
   *     asks for no object twice in any case
   */
  record Grpc(
      @NotNull String target,
      @Positive double deadlineSeconds,
      @Min(1) @Max(20) int attempts,
      @Min(1) @Max(65_536) int batch,
      @Min(1) @Max(1_024) int concurrency,
      @Min(0) @Max(10_000_000) int cacheCapacity)
      implements RewardConfig {}
}
