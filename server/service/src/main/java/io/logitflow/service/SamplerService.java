package io.logitflow.service;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.batching.Subscription;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.InverseTemperatures;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.sampling.UniqueObjects;
import io.logitflow.sampler.scoring.ScoreRequest;
import io.logitflow.sampler.scoring.Scorer;
import io.logitflow.sampler.scoring.Scores;
import io.logitflow.v1.DescribeModelRequest;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.Limits;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.SampleHeader;
import io.logitflow.v1.SampleResponse;
import io.logitflow.v1.SamplerGrpc;
import io.logitflow.v1.ScoreObjectsRequest;
import io.logitflow.v1.ScoreObjectsResponse;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The calls of {@code logitflow.v1.Sampler}, answered by one sampler. */
final class SamplerService extends SamplerGrpc.SamplerImplBase {
  // Seeds drawn here survive a trip through JavaScript's numbers.
  private static final long DRAWN_SEEDS = 1L << 53;

  private final Sampler sampler;
  private final Scorer scorer;
  private final RequestReader reader;
  private final ScoreReader scoreReader;

  SamplerService(Sampler sampler, Scorer scorer) {
    this.sampler = sampler;
    this.scorer = scorer;
    reader = new RequestReader(sampler.options().maximumRowsPerRequest(), sampler.bundle());
    scoreReader = new ScoreReader(sampler.bundle(), sampler.options().maximumRowsPerRequest());
  }

  @Override
  public void sample(
      io.logitflow.v1.SampleRequest message, StreamObserver<SampleResponse> responses) {
    long seed = message.hasSeed() ? message.getSeed() : drawnSeed();
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
  public void score(ScoreObjectsRequest message, StreamObserver<ScoreObjectsResponse> responses) {
    long seed = message.hasSeed() ? message.getSeed() : drawnSeed();
    try {
      scorer.requireScores();
      ScoreRequest request = scoreReader.read(message, seed);
      ServerCallStreamObserver<ScoreObjectsResponse> call =
          (ServerCallStreamObserver<ScoreObjectsResponse>) responses;
      Scores scores = scorer.score(request, call::isCancelled);
      responses.onNext(responseOf(request, scores));
      responses.onCompleted();
    } catch (LogitFlowException e) {
      responses.onError(StatusMapper.statusOf(e));
    }
  }

  private ScoreObjectsResponse responseOf(ScoreRequest request, Scores scores) {
    ScoreObjectsResponse.Builder response =
        ScoreObjectsResponse.newBuilder().setExact(scores.exact()).setSeed(request.seed());
    for (int i = 0; i < scores.logP().length; i++) {
      response.addLogP(scores.logP()[i]).addStandardError(scores.standardError()[i]);
    }
    for (int j = 0; j < request.betaCount(); j++) {
      response.addExtrapolated(sampler.bundle().extrapolates(request.beta(j)));
    }
    return response.build();
  }

  private static long drawnSeed() {
    return ThreadLocalRandom.current().nextLong(DRAWN_SEEDS);
  }

  @Override
  public void describeModel(
      DescribeModelRequest message, StreamObserver<DescribeModelResponse> responses) {
    Manifest manifest = sampler.bundle().manifest();
    DescribeModelResponse.Builder model =
        DescribeModelResponse.newBuilder()
            .setVocabulary(manifest.getVocabulary())
            .setEnvironment(manifest.getEnvironment())
            .setTrainedBeta(manifest.getTrainedBeta())
            .setProvenance(manifest.getProvenance())
            .setConditioning(manifest.getConditioning())
            .setLogReward(manifest.getLogReward())
            .addAllCalibration(manifest.getCalibrationList())
            .setLimits(
                Limits.newBuilder()
                    .setMaximumRows(sampler.options().maximumRowsPerRequest())
                    .setMaximumBetas(InverseTemperatures.MAXIMUM)
                    .setMaximumScoredObjects(scoreReader.maximumObjects()));
    if (Scorer.covers(sampler.bundle())) {
      model.setScoring(manifest.getScoring());
    }
    if (manifest.hasDecoding()) {
      model.setDecoding(manifest.getDecoding());
    }
    if (manifest.hasPrecision()) {
      model.setPrecision(manifest.getPrecision());
    }
    responses.onNext(model.build());
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
