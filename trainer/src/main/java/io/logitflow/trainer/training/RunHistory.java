package io.logitflow.trainer.training;

import io.logitflow.trainer.reward.ScoredObjects;
import java.util.ArrayList;
import java.util.List;

/** What a run has found and shown so far. */
final class RunHistory {
  private final ModeTracker modes;
  private final TopScores best;
  private final List<RoundMetrics> metrics = new ArrayList<>();
  private final List<RoundObserver> observers = new ArrayList<>();

  /**
   * Takes up a history.
   *
   * @param modes counts known modes
   * @param start what was found and shown before
   */
  RunHistory(ModeTracker modes, TrainingState start) {
    this.modes = modes;
    this.best = new TopScores(start.best().objects().width());
    modes.restore(start.modesFound());
    best.observe(start.best());
    metrics.addAll(start.metrics());
  }

  /** Returns the modes. */
  ModeTracker modes() {
    return modes;
  }

  /** Returns the best objects found. */
  TopScores best() {
    return best;
  }

  /** Returns the metrics recorded so far. */
  List<RoundMetrics> metrics() {
    return List.copyOf(metrics);
  }

  /** Adds somebody who looks at recorded rounds. */
  void add(RoundObserver observer) {
    observers.add(observer);
  }

  /** Takes note of found objects. */
  void found(List<ScoredObjects> found) {
    for (ScoredObjects objects : found) {
      modes.observe(objects.objects());
      best.observe(objects);
    }
  }

  /** Records a round and shows it to those who look. */
  void record(RoundMetrics shown, TrajectorySource.Draw draw, float[] losses) {
    metrics.add(shown);
    double[] scores = draw.found().isEmpty() ? new double[0] : draw.found().get(0).scores();
    observers.forEach(observer -> observer.observe(shown, draw.batch().betas(), scores, losses));
  }
}
