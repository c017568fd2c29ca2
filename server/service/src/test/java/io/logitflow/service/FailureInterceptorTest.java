package io.logitflow.service;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.logitflow.v1.DescribeModelRequest;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.SamplerGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

final class FailureInterceptorTest {
  @Test
  void answersInternalWhereTheCodeThrows() throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Broken())
            .intercept(new FailureInterceptor())
            .build()
            .start();
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + server.getPort(), InsecureChannelCredentials.create())
            .build();
    try {
      assertThatThrownBy(
              () ->
                  SamplerGrpc.newBlockingStub(channel)
                      .describeModel(DescribeModelRequest.getDefaultInstance()))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessage("INTERNAL: unexpected failure; the server's log says more");
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  private static final class Broken extends SamplerGrpc.SamplerImplBase {
    @Override
    public void describeModel(
        DescribeModelRequest request, StreamObserver<DescribeModelResponse> responses) {
      throw new IllegalStateException("a secret of the server's");
    }
  }
}
