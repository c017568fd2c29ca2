package io.logitflow.exporter.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.SampledTrajectories;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The baseline does the same work as what it is held against: it draws the trainer's objects. */
class StepwiseSamplerTest {
  private static final int ROWS = 200;
  private static final float BETA = 2;

  private final BenchmarkModel model = new BenchmarkModel(3, 4, 16);

  @TempDir private Path directory;

  @Test
  void drawsTheTrainersObjects() {
    TrainedModel trained = model.model();
    Environment environment = trained.environment();
    Bundle bundle = model.export(directory.resolve("bundle"), 0);
    float[] uniforms = new float[ROWS * environment.maximumSteps()];
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = random.nextInt(1 << 24) * 0x1p-24f;
    }
    float[] betas = new float[ROWS];
    Arrays.fill(betas, BETA);
    try (TrainedPolicy policy =
        new TrainedPolicy(trained.network(), environment, trained.parameters())) {
      float scale = policy.forwardScale(new float[] {BETA})[0];
      try (StepwiseSampler sampler = new StepwiseSampler(bundle, environment, ROWS, scale)) {
        ObjectBatch found = environment.objects(sampler.draw(FloatBuffer.wrap(uniforms)));
        SampledTrajectories expected =
            new Rollout(environment).sample(policy, betas, uniforms, Exploration.NONE);
        assertThat(found.tokens()).isEqualTo(expected.trajectories().objects().tokens());
        for (int row = 0; row < ROWS; row++) {
          assertThat((float) sampler.logForward()[row])
              .isCloseTo(expected.logForward()[row], within(1e-4f));
        }
      }
    }
  }
}
