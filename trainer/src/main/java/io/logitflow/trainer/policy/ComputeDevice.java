package io.logitflow.trainer.policy;

/** Where a run's tensors live and are computed with. */
public enum ComputeDevice {
  /** The processor, in main memory: what a seed gives, it gives to the bit. */
  CPU,
  /** The first NVIDIA GPU, through CUDA. */
  GPU
}
