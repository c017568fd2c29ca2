package io.logitflow.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.batching.Roadblock;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.v1.SampleResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SamplingServerTest {
  private final Path directory;

  SamplingServerTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "logitflow.v1.Sampler"})
  void isHealthy(String service) {
    try (Rig rig = Rig.start(directory, 1, 32)) {
      assertThat(
              HealthGrpc.newBlockingStub(rig.channel())
                  .check(HealthCheckRequest.newBuilder().setService(service).build())
                  .getStatus())
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void reflectsItsServices() {
    try (Rig rig = Rig.start(directory, 1, 32)) {
      CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
      StreamObserver<ServerReflectionRequest> requests =
          ServerReflectionGrpc.newStub(rig.channel()).serverReflectionInfo(firstOf(answer));
      requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

      assertThat(answer.join().getListServicesResponse().getServiceList())
          .extracting(ServiceResponse::getName)
          .contains("logitflow.v1.Sampler", "grpc.health.v1.Health");
      requests.onCompleted();
    }
  }

  @Test
  void refusesAPortInUse() {
    try (Rig rig = Rig.start(directory, 1, 32)) {
      int port = rig.server().port();
      ServerConfig same =
          new ServerConfig(directory, "127.0.0.1", port, SamplerOptions.defaults(), Duration.ZERO);

      assertThatThrownBy(() -> SamplingServer.start(same).close())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("--port: found " + port + " (")
          .hasMessageEndingWith("), expected a port of 127.0.0.1 that is free")
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void refusesAHostThatIsAnotherMachine() throws Exception {
    GoldenBundle.copyTo(directory);
    // Of a block that is kept for documentation, so that no machine has it.
    ServerConfig elsewhere =
        new ServerConfig(directory, "192.0.2.1", 0, SamplerOptions.defaults(), Duration.ZERO);

    assertThatThrownBy(() -> SamplingServer.start(elsewhere).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("--host: found 192.0.2.1 (")
        .hasMessageEndingWith("), expected a name or address of this machine");
  }

  @Test
  void refusesPortsAndHostsThatAreNone() {
    SamplerOptions options = SamplerOptions.defaults();
    assertThatThrownBy(() -> new ServerConfig(directory, "::1", 65_536, options, Duration.ZERO))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("--port: found 65536, expected 0 to 65535, where 0 is any free port");
    ServerConfig nowhere = new ServerConfig(directory, "no such host", 0, options, Duration.ZERO);
    assertThatThrownBy(nowhere::address)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("--host: found no such host, expected a name or address of this machine");
  }

  @Test
  void finishesRunningStreamsWithinTheGracePeriodAndRefusesNewOnes() throws Exception {
    GoldenBundle.copyTo(directory);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Rig rig = Rig.startAt(directory, 1, 32, Duration.ofHours(1))) {
      List<Future<?>> pending = new ArrayList<>();
      Roadblock.whileBusy(
          rig.server().sampler(),
          () -> {
            Iterator<SampleResponse> running = rig.stub().sample(Rig.request(1, 5_000, 1).build());
            assertThat(running.hasNext()).isTrue();
            pending.add(threads.submit(() -> rig.server().close()));
            awaitRefusal(rig);
            pending.add(threads.submit(() -> Rig.read(running)));
          });
      assertThat(((Rig.Answer) pending.get(1).get()).rows()).isEqualTo(5_000);
      pending.get(0).get();
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void tellsWatchersOfItsHealthThatItStops() throws Exception {
    GoldenBundle.copyTo(directory);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (Rig rig = Rig.startAt(directory, 1, 32, Duration.ofHours(1))) {
      Context.CancellableContext context = Context.current().withCancellation();
      Iterator<HealthCheckResponse> health =
          context.call(
              () ->
                  HealthGrpc.newBlockingStub(rig.channel())
                      .watch(HealthCheckRequest.getDefaultInstance()));
      assertThat(health.next().getStatus()).isEqualTo(ServingStatus.SERVING);
      Future<?> closing = threads.submit(() -> rig.server().close());

      assertThat(health.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
      context.cancel(null);
      closing.get();
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void endsStreamsThatOutliveTheGracePeriodAsUnavailable() {
    Rig rig = Rig.start(directory, 1, 32);
    Iterator<SampleResponse> unread =
        rig.stub().sample(Rig.request(1, Rig.MAXIMUM_ROWS, 1).build());
    assertThat(unread.next().hasHeader()).isTrue();
    rig.server().close();

    assertThatThrownBy(() -> unread.forEachRemaining(response -> {}))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e ->
                assertThat(e.getStatus().getCode())
                    .isIn(Status.Code.UNAVAILABLE, Status.Code.CANCELLED));
    rig.close();
  }

  /** Calls until the server, on its way down, refuses. */
  private static void awaitRefusal(Rig rig) {
    Status.Code code = Status.Code.OK;
    while (code == Status.Code.OK) {
      try {
        assertThat(rig.stub().sample(Rig.request(1, 1, 1).build()).next().hasHeader()).isTrue();
      } catch (StatusRuntimeException e) {
        code = e.getStatus().getCode();
      }
    }
    assertThat(code).isEqualTo(Status.Code.UNAVAILABLE);
  }

  private static StreamObserver<ServerReflectionResponse> firstOf(
      CompletableFuture<ServerReflectionResponse> answer) {
    return new StreamObserver<>() {
      @Override
      public void onNext(ServerReflectionResponse response) {
        answer.complete(response);
      }

      @Override
      public void onError(Throwable failure) {
        answer.completeExceptionally(failure);
      }

      @Override
      public void onCompleted() {}
    };
  }
}
