package io.logitflow.exporter.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.exporter.bundle.BundleWriter;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.GraphSize;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.v1.Graph.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodePlacementTest {
  @TempDir private Path directory;

  @Test
  void findsEveryNodeOnTheCpuThatIsAskedFor() throws IOException {
    Bundle bundle =
        new BenchmarkModel(4, 4, 16).export(directory.resolve("bundle"), BundleWriter.TABLE_BUDGET);
    Path rollout = bundle.path(Role.ROLLOUT);

    NodePlacement placement = NodePlacement.of(rollout, ExecutionProvider.CPU, directory);

    assertThat(placement.nodesByProvider()).containsOnlyKeys("CPUExecutionProvider");
    assertThat(placement.elsewhere("CPUExecutionProvider")).isZero();
    assertThat(placement.elsewhere(GpuBenchmark.CUDA))
        .isEqualTo(placement.nodesByProvider().get("CPUExecutionProvider"))
        .isBetween(10, GraphSize.of(rollout).nodes());
  }

  @Test
  void countsTheBodyOfALoopOnceAndItsLaunchesEachTime() throws IOException {
    TrainedModel model = RandomModel.strings(4, 30, ScaleForm.POSITIVE, 41, 16);
    Path rollout =
        BundleFolder.writeUnchecked(model, directory.resolve("bundle"), RolloutForm.LOOP)
            .path(Role.ROLLOUT);
    GraphSize size = GraphSize.of(rollout);
    NodePlacement placement = NodePlacement.of(rollout, ExecutionProvider.CPU, directory);

    assertThat(placement.nodesByProvider().get("CPUExecutionProvider")).isBetween(20, size.nodes());
    assertThat(size.nodes()).isLessThan(120);
    GraphSize unrolled =
        GraphSize.of(
            BundleFolder.writeUnchecked(model, directory.resolve("unrolled"), RolloutForm.UNROLLED)
                .path(Role.ROLLOUT));
    // A step inside a loop fetches its uniform and moves strings of full length.
    assertThat(size.launches()).isBetween(unrolled.launches(), unrolled.launches() + 29 * 12);
  }

  @Test
  void countsWhatRanElsewhere() {
    NodePlacement placement = new NodePlacement(Map.of(GpuBenchmark.CUDA, 90, "CPU", 2));
    assertThat(placement.elsewhere(GpuBenchmark.CUDA)).isEqualTo(2);
  }
}
