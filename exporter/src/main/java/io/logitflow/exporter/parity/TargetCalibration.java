package io.logitflow.exporter.parity;

import io.logitflow.exporter.bundle.BundleCalibration;
import io.logitflow.sampler.batching.CandidateStream;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.evaluation.Correlation;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.v1.BetaRange;
import io.logitflow.v1.Calibration;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.statistics.descriptive.DoubleStatistics;
import org.apache.commons.statistics.descriptive.Statistic;

/**
 * The trajectory-balance residual log Z + log P_F − log P_B − β log R (Malkin et al. 2022) of
 * candidates that a bundle draws, and how closely implied and true log rewards go together, at the
 * ends and in the middle of the trained range of β.
 *
 * @param environment the model's environment
 * @param logReward its true log rewards
 */
public record TargetCalibration(Environment environment, LogReward logReward)
    implements BundleCalibration {
  /** Candidates drawn at each inverse temperature. */
  static final int CANDIDATES = 2_048;

  private static final long SEED = 0xCA11B7A7EL;

  @Override
  public List<Calibration> measure(Path directory) {
    Bundle bundle = Bundle.open(directory);
    BetaRange range = bundle.manifest().getTrainedBeta();
    float middle = (range.getLow() + range.getHigh()) / 2;
    try (Sampler sampler = Sampler.open(bundle, SamplerOptions.defaults())) {
      return Stream.of(range.getLow(), middle, range.getHigh())
          .distinct()
          .map(beta -> measure(sampler, beta))
          .toList();
    }
  }

  private Calibration measure(Sampler sampler, float beta) {
    double[] implied = new double[CANDIDATES];
    double[] actual = new double[CANDIDATES];
    DoubleStatistics residuals = DoubleStatistics.of(Statistic.MEAN, Statistic.STANDARD_DEVIATION);
    SampleRequest request = SampleRequest.of(new float[] {beta}, CANDIDATES, 0, SEED);
    int row = 0;
    try (CandidateStream stream = sampler.stream(request)) {
      while (stream.hasNext()) {
        Candidates candidates = stream.next();
        double[] logRewards = logReward.of(DrawnObjects.of(sampler.bundle(), candidates));
        for (int i = 0; i < logRewards.length; i++) {
          implied[row] = candidates.impliedLogReward(i);
          actual[row] = logRewards[i];
          residuals.accept(beta * (implied[row] - actual[row]));
          row++;
        }
      }
    }
    Calibration.Builder calibration =
        Calibration.newBuilder()
            .setBeta(beta)
            .setCandidates(CANDIDATES)
            .setResidualMean(residuals.getAsDouble(Statistic.MEAN))
            .setResidualDeviation(residuals.getAsDouble(Statistic.STANDARD_DEVIATION));
    Double correlation = Correlation.spearman(implied, actual);
    if (correlation != null) {
      calibration.setRankCorrelation(correlation);
    }
    return calibration.build();
  }
}
