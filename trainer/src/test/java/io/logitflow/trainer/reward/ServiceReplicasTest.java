package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Server;
import io.grpc.StatusOr;
import io.grpc.stub.StreamObserver;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.PrependAppend;
import io.logitflow.v1.RewardServiceGrpc.RewardServiceImplBase;
import io.logitflow.v1.ScoreRequest;
import io.logitflow.v1.ScoreResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A reward service of two replicas behind one name, as a headless Kubernetes Service is one. */
class ServiceReplicasTest {
  private static final Environment STRINGS = new PrependAppend(List.of("A", "C", "G"), "", 2);
  private static final ObjectBatch ALL = STRINGS.objects(0, 9);

  /** Far more than it takes until both replicas have been connected to. */
  private static final int MOST_BATCHES = 1_000;

  private final Replica first = new Replica();
  private final Replica second = new Replica();
  private final Name name = new Name(List.of(first.address(), second.address()));

  @BeforeEach
  void register() {
    NameResolverRegistry.getDefaultRegistry().register(name);
  }

  @AfterEach
  void stop() throws InterruptedException {
    NameResolverRegistry.getDefaultRegistry().deregister(name);
    first.stop();
    second.stop();
  }

  @Test
  void replicasShareTheCallsAndOneThatIsGoneIsDoneWithout() throws InterruptedException {
    RewardConfig.Grpc config = new RewardConfig.Grpc("replicas:///reward", 60, 5, 1, 2, 0);
    try (Reward reward = Rewards.create(config, Path.of(""), STRINGS)) {
      for (int i = 0; i < MOST_BATCHES && (first.calls() == 0 || second.calls() == 0); i++) {
        assertThat(reward.scores(ALL)).isEqualTo(expected());
      }
      int before = first.calls();
      assertThat(reward.scores(ALL)).isEqualTo(expected());
      assertThat(first.calls() - before).isBetween(4, 5);

      first.stop();
      before = second.calls();
      assertThat(reward.scores(ALL)).isEqualTo(expected());
      assertThat(second.calls() - before).isEqualTo(9);
    }
  }

  private static double[] expected() {
    return Arrays.stream("AA AC AG CA CC CG GA GC GG".split(" "))
        .mapToDouble(String::hashCode)
        .toArray();
  }

  /** One server of the service. */
  private static final class Replica {
    private final AtomicInteger calls = new AtomicInteger();
    private final Server server;

    Replica() {
      try {
        this.server =
            Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(
                    new RewardServiceImplBase() {
                      @Override
                      public void score(
                          ScoreRequest request, StreamObserver<ScoreResponse> answer) {
                        calls.incrementAndGet();
                        ScoreResponse.Builder response = ScoreResponse.newBuilder();
                        request
                            .getObjectsList()
                            .forEach(object -> response.addScores(object.hashCode()));
                        answer.onNext(response.build());
                        answer.onCompleted();
                      }
                    })
                .build()
                .start();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    SocketAddress address() {
      return new InetSocketAddress("localhost", server.getPort());
    }

    int calls() {
      return calls.get();
    }

    void stop() throws InterruptedException {
      server.shutdownNow().awaitTermination();
    }
  }

  /** A name that stands for several addresses, where a test has no DNS of its own. */
  private static final class Name extends NameResolverProvider {
    private final List<SocketAddress> addresses;

    Name(List<SocketAddress> addresses) {
      this.addresses = addresses;
    }

    @Override
    public String getDefaultScheme() {
      return "replicas";
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
      return new NameResolver() {
        @Override
        public String getServiceAuthority() {
          return "reward";
        }

        @Override
        public void start(Listener2 listener) {
          List<EquivalentAddressGroup> groups =
              addresses.stream().map(EquivalentAddressGroup::new).toList();
          listener.onResult(
              ResolutionResult.newBuilder()
                  .setAddressesOrError(StatusOr.fromValue(groups))
                  .setAttributes(Attributes.EMPTY)
                  .build());
        }

        @Override
        public void shutdown() {}
      };
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 5;
    }

    @Override
    public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
      return List.of(InetSocketAddress.class);
    }
  }
}
