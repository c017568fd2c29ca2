package io.logitflow.sampler.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.logitflow.contract.InvalidInputException;

/** The hardware that ONNX Runtime runs a graph on. */
public sealed interface ExecutionProvider permits CpuProvider, CudaProvider {
  /** The processor: one thread for each run, many runs side by side. */
  ExecutionProvider CPU = new CpuProvider();

  /**
   * Sets up a session for this provider.
   *
   * @throws InvalidInputException if the provider is not there; nothing else takes its place
   */
  void configure(SessionOptions options) throws OrtException;

  /**
   * Refuses a provider that ONNX Runtime lacks, before there is a graph to run.
   *
   * @throws InvalidInputException if it is not there
   */
  void require();

  /** Returns what a session needs beside a graph, as a message ends with it. */
  String requirement();

  /**
   * Returns the sizes that tiles are padded to.
   *
   * @param maximumRows the most rows of a tile, at least 1
   */
  TileSizes tileSizes(int maximumRows);

  /** Returns the most rows of a tile unless somebody says otherwise. */
  int usualTileRows();

  /**
   * Returns whether a row has the same bits in a tile of each of those sizes on every machine, so
   * that no session needs to measure it.
   */
  boolean sizesAgree();

  /**
   * Returns whether products of binary16 are computed as such, so that they differ from those in
   * binary32 of the same numbers.
   */
  boolean computesBinary16();

  /** Returns whether products in binary32 take their factors rounded to TF32. */
  boolean roundsFactors();

  /** Returns whether it multiplies matrices of bytes, as bundles of precision int8 do. */
  boolean multipliesBytes();
}
