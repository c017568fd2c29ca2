package io.logitflow.exporter.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.session.CudaProvider;
import io.logitflow.sampler.session.ExecutionProvider;
import org.junit.jupiter.api.Test;

class ToleranceTest {
  private static final int STEPS = 8;
  private static final ExecutionProvider GPU = new CudaProvider(0, 1, false);
  private static final ExecutionProvider ROUNDING = new CudaProvider(0, 1, true);

  @Test
  void allowsTheBitsThatBinary16LosesInLogForwardOnAGpuAlone() {
    Tolerance rounded = Tolerance.ofLogForward(BundleFormat.FP16, GPU, STEPS);
    assertThat(rounded.holds(-10.0039, -10)).isTrue();
    assertThat(rounded.holds(-10.0040, -10)).isFalse();

    assertThat(Tolerance.of(GPU, STEPS)).isEqualTo(Tolerance.BINARY32);
    assertThat(Tolerance.ofLogForward("", GPU, STEPS)).isEqualTo(Tolerance.BINARY32);
    assertThat(Tolerance.ofLogForward(BundleFormat.INT8, GPU, STEPS)).isEqualTo(Tolerance.BINARY32);
    assertThat(Tolerance.ofLogForward(BundleFormat.FP16, ExecutionProvider.CPU, STEPS))
        .isEqualTo(Tolerance.BINARY32);
  }

  @Test
  void allowsTheBitsThatTf32LosesInEveryOutput() {
    Tolerance rounded = Tolerance.of(ROUNDING, STEPS);
    assertThat(rounded.holds(10.04, 10)).isTrue();
    assertThat(rounded.holds(10.05, 10)).isFalse();
    assertThat(Tolerance.ofLogForward(BundleFormat.FP16, ROUNDING, STEPS)).isEqualTo(rounded);
    assertThat(Tolerance.ofLogForward("", ROUNDING, STEPS)).isEqualTo(rounded);
  }

  @Test
  void holdsOfNumbersAlone() {
    assertThat(Tolerance.BINARY32.holds(1.0001, 1)).isTrue();
    assertThat(Tolerance.BINARY32.holds(1.0002, 1)).isFalse();
    assertThat(Tolerance.BINARY32.holds(1e3 + 1e-3, 1e3)).isTrue();
    assertThat(Tolerance.BINARY32.holds(Double.NaN, 1)).isFalse();
    assertThat(Tolerance.BINARY32.holds(1, Double.NaN)).isFalse();
  }
}
