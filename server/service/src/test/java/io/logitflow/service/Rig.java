package io.logitflow.service;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.v1.CandidateChunk;
import io.logitflow.v1.Column;
import io.logitflow.v1.SampleHeader;
import io.logitflow.v1.SampleRequest;
import io.logitflow.v1.SampleResponse;
import io.logitflow.v1.SamplerGrpc;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A server on a free loopback port and a channel to it. */
final class Rig implements AutoCloseable {
  static final int MAXIMUM_ROWS = 1_000_000;

  private final SamplingServer server;
  private final ManagedChannel channel;

  private Rig(SamplingServer server) {
    this.server = server;
    channel = newChannel();
  }

  /** Serves the golden bundle. */
  static Rig start(Path directory, int workers, int tileRows) {
    GoldenBundle.copyTo(directory);
    return startAt(directory, workers, tileRows, Duration.ZERO);
  }

  /** Serves the bundle that is there. */
  static Rig startAt(Path bundle, int workers, int tileRows, Duration grace) {
    SamplerOptions options =
        new SamplerOptions(workers, tileRows, MAXIMUM_ROWS, MAXIMUM_ROWS, ExecutionProvider.CPU);
    return new Rig(SamplingServer.start(new ServerConfig(bundle, "127.0.0.1", 0, options, grace)));
  }

  SamplingServer server() {
    return server;
  }

  ManagedChannel channel() {
    return channel;
  }

  /** Returns one more connection. */
  ManagedChannel newChannel() {
    return Grpc.newChannelBuilder("127.0.0.1:" + server.port(), InsecureChannelCredentials.create())
        .build();
  }

  SamplerGrpc.SamplerBlockingStub stub() {
    return SamplerGrpc.newBlockingStub(channel);
  }

  /** Returns a request for all columns. */
  static SampleRequest.Builder request(float beta, long count, long seed) {
    return SampleRequest.newBuilder()
        .addBeta(beta)
        .setCount(count)
        .setSeed(seed)
        .addColumns(Column.LOG_PF)
        .addColumns(Column.LOG_PB)
        .addColumns(Column.LOG_Z)
        .addColumns(Column.IMPLIED_LOG_REWARD)
        .addColumns(Column.LOG_PF_DRAWN);
  }

  /** Reads a response to its end, in the form of the columns of all chunks joined. */
  static Answer read(Iterator<SampleResponse> responses) {
    SampleHeader header = responses.next().getHeader();
    List<CandidateChunk> chunks = new ArrayList<>();
    while (responses.hasNext()) {
      chunks.add(responses.next().getChunk());
    }
    return new Answer(header, chunks);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }

  /**
   * A response, read to its end.
   *
   * @param header the first message
   * @param chunks all others
   */
  record Answer(SampleHeader header, List<CandidateChunk> chunks) {
    /** Returns all bits of all rows, however they were cut into chunks. */
    byte[] bits() {
      ByteArrayOutputStream bits = new ByteArrayOutputStream();
      try (DataOutputStream output = new DataOutputStream(bits)) {
        for (CandidateChunk chunk : chunks) {
          write(chunk, output);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bits.toByteArray();
    }

    int rows() {
      return chunks.stream().mapToInt(CandidateChunk::getRowCount).sum();
    }

    private void write(CandidateChunk chunk, DataOutputStream output) throws IOException {
      int width = header.getRowWidth() * header.getBytesPerToken();
      for (int i = 0; i < chunk.getRowCount(); i++) {
        output.writeLong(chunk.getFirstRow() + i);
        output.write(chunk.getTokens().substring(i * width, (i + 1) * width).toByteArray());
        output.writeInt(chunk.getLength(i));
        output.writeFloat(chunk.getLogPf(i));
        output.writeFloat(chunk.getLogPfDrawn(i));
        output.writeFloat(chunk.getLogPb(i));
        output.writeFloat(chunk.getLogZ(i));
        output.writeFloat(chunk.getImpliedLogReward(i));
      }
    }
  }
}
