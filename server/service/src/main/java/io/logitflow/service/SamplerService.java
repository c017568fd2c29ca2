package io.logitflow.service;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.batching.Subscription;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.sampling.UniqueObjects;
import io.logitflow.v1.DescribeModelRequest;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.Limits;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.SampleHeader;
import io.logitflow.v1.SampleResponse;
import io.logitflow.v1.SamplerGrpc;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The calls of {@code logitflow.v1.Sampler}, answered by one sampler. */
final class SamplerService extends SamplerGrpc.SamplerImplBase {
  // Seeds drawn here survive a trip through JavaScript's numbers.
  private static final long DRAWN_SEEDS = 1L << 53;

  private final Sampler sampler;
  private final RequestReader reader;

  SamplerService(Sampler sampler) {
    this.sampler = sampler;
    reader = new RequestReader(sampler.options().maximumRowsPerRequest(), sampler.bundle());
  }

  @Override
  public void sample(
      io.logitflow.v1.SampleRequest message, StreamObserver<SampleResponse> responses) {
    long seed =
        message.hasSeed() ? message.getSeed() : ThreadLocalRandom.current().nextLong(DRAWN_SEEDS);
    try {
      SampleRequest request = reader.read(message, seed);
      ResponseStream stream =
          new ResponseStream(
              (ServerCallStreamObserver<SampleResponse>) responses,
              new ChunkWriter(message.getColumnsList()),
              message.hasUniqueCount()
                  ? Optional.of(new UniqueObjects(message.getUniqueCount()))
                  : Optional.empty());
      SampleHeader header = headerOf(request);
      Subscription subscription = sampler.submit(request, stream);
      try {
        stream.start(header, subscription);
      } catch (Throwable e) {
        // Nobody else would: its rows would count as outstanding for ever.
        subscription.cancel();
        throw e;
      }
    } catch (LogitFlowException e) {
      responses.onError(StatusMapper.statusOf(e));
    }
  }

  @Override
  public void describeModel(
      DescribeModelRequest message, StreamObserver<DescribeModelResponse> responses) {
    Manifest manifest = sampler.bundle().manifest();
    DescribeModelResponse.Builder description =
        DescribeModelResponse.newBuilder()
            .setVocabulary(manifest.getVocabulary())
            .setEnvironment(manifest.getEnvironment())
            .setTrainedBeta(manifest.getTrainedBeta())
            .setProvenance(manifest.getProvenance())
            .setConditioning(manifest.getConditioning())
            .setLogReward(manifest.getLogReward())
            .setLimits(
                Limits.newBuilder()
                    .setMaximumRows(sampler.options().maximumRowsPerRequest())
                    .setMaximumBetas(SampleRequest.MAXIMUM_BETAS));
    if (manifest.hasDecoding()) {
      description.setDecoding(manifest.getDecoding());
    }
    responses.onNext(description.build());
    responses.onCompleted();
  }

  private SampleHeader headerOf(SampleRequest request) {
    Bundle bundle = sampler.bundle();
    SampleHeader.Builder header =
        SampleHeader.newBuilder()
            .setSeed(request.seed())
            .setRowWidth(bundle.rowWidth())
            .setBytesPerToken(bundle.vocabulary().bytesPerToken());
    for (int j = 0; j < request.betaCount(); j++) {
      header.addExtrapolated(bundle.extrapolates(request.beta(j)));
    }
    return header.build();
  }
}
