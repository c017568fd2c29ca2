package io.logitflow.trainer.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.logitflow.contract.InvalidInputException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class TensorEngineTest {
  @Test
  void tensorsOfTheCpuLiveInMainMemory() {
    TensorEngine.require(ComputeDevice.CPU);

    try (NDManager manager = TensorEngine.newManager(ComputeDevice.CPU);
        NDArray tensor = manager.create(new float[] {1, 2})) {
      assertThat(tensor.getDevice()).isEqualTo(Device.cpu());
    }
  }

  @Test
  void managersOfAGpuAreOfTheFirstOne() {
    // A manager is no more than a name for where its tensors will be.
    try (NDManager manager = TensorEngine.newManager(ComputeDevice.GPU);
        NDManager below = manager.newSubManager()) {
      assertThat(manager.getDevice()).isEqualTo(Device.gpu(0));
      assertThat(below.getDevice()).isEqualTo(Device.gpu(0));
    }
  }

  @Test
  void aGpuThatIsNotThereIsRefused() {
    Assumptions.assumeFalse(TensorEngine.engine().hasCapability(StandardCapabilities.CUDA));

    assertThatThrownBy(() -> TensorEngine.require(ComputeDevice.GPU))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "--device: found gpu, where PyTorch "
                + TensorEngine.engine().getVersion()
                + " finds no NVIDIA GPU or is built without CUDA, expected cpu, or a build with CUDA on a machine with an NVIDIA GPU, see"
                + " docs/deploy/gpu.md");
  }
}
