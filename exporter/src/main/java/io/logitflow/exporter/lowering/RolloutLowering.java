package io.logitflow.exporter.lowering;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Value;
import io.logitflow.exporter.lowering.LoweredState.AppendedFeatures;
import io.logitflow.exporter.tabulation.EdgeTables;
import io.logitflow.exporter.tabulation.StateTables;
import io.logitflow.exporter.tabulation.Tabulation;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Environment;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The whole trajectory as one graph, unrolled over its T steps or with a loop over them: beta [G],
 * beta_index [B] and uniform [B, T] → tokens [B, S], length, log_pf, log_pb and log_z [B]. A run is
 * a pure function of its inputs.
 */
public final class RolloutLowering {
  /**
   * The most nodes that are unrolled: the time in which a runtime loads a graph may grow with their
   * square.
   */
  private static final int MAXIMUM_NODES = 10_000;

  private final PolicyLowering policy;
  private final Environment environment;
  private final EnvironmentLowering lowering;
  private final @Nullable Tabulation tabulation;
  private final RolloutForm form;

  /**
   * Creates the lowering in the form that fits.
   *
   * @param policy the trained networks and the environment that they act in
   * @param tabulation tables of their logits, if there are any
   * @throws InvalidInputException if the environment has no lowering
   */
  public RolloutLowering(PolicyLowering policy, Optional<Tabulation> tabulation) {
    this(policy, EnvironmentLowering.of(policy.environment()), tabulation);
  }

  /**
   * Creates the lowering for an environment with a lowering of its own, in the form that fits.
   *
   * @param policy the trained networks and the environment that they act in
   * @param lowering that environment's
   * @param tabulation tables of their logits, if there are any
   */
  public RolloutLowering(
      PolicyLowering policy, EnvironmentLowering lowering, Optional<Tabulation> tabulation) {
    this(policy, lowering, tabulation, RolloutForm.of(policy.network(), policy.environment()));
  }

  /**
   * Creates the lowering in a form.
   *
   * @param policy the trained networks and the environment that they act in
   * @param lowering that environment's
   * @param tabulation tables of their logits, if there are any; a loop reads none
   * @param form one that {@link RolloutForm#fits}
   */
  public RolloutLowering(
      PolicyLowering policy,
      EnvironmentLowering lowering,
      Optional<Tabulation> tabulation,
      RolloutForm form) {
    this.form = form;
    this.policy = policy;
    this.environment = policy.environment();
    this.lowering = lowering;
    this.tabulation = form == RolloutForm.LOOP ? null : tabulation.orElse(null);
  }

  /**
   * Returns the graph.
   *
   * @throws InvalidInputException if trajectories are too long to be unrolled
   */
  public OnnxGraph rollout() {
    return rollout(MAXIMUM_NODES)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "environment",
                    "trajectories of up to " + environment.maximumSteps() + " steps",
                    "fewer, since this model's steps are unrolled into a graph of some "
                        + MAXIMUM_NODES
                        + " nodes at most"));
  }

  /**
   * Returns the graph; empty if its steps are unrolled into many more nodes than these.
   *
   * @param mostNodes how many it may have
   */
  public Optional<OnnxGraph> rollout(int mostNodes) {
    GraphBuilder graph = new GraphBuilder("rollout", "B");
    int steps = environment.maximumSteps();
    Value beta = graph.input(BundleFormat.BETA, ElementType.FLOAT32, Shape.BETAS);
    Value index = graph.input(BundleFormat.BETA_INDEX, ElementType.INT32, Shape.BATCH);
    Value uniform = graph.input(BundleFormat.UNIFORM, ElementType.FLOAT32, Shape.BATCH, steps);

    graph.section("beta");
    Value betaColumn = graph.apply(Operator.RESHAPE, beta, graph.integers("asColumn", -1, 1));
    BetaRows rows = BetaRows.of(graph, index);
    Optional<ConditionedLogits> backward =
        policy.backward(graph, betaColumn).map(logits -> logits.ofRows(graph, rows));
    ConditionedLogits forward = policy.forward(graph, betaColumn);
    DrawnTrajectories drawn =
        tabulation instanceof EdgeTables tables
            ? byEdges(graph, tables, forward.scaling().scale(), rows, uniform, backward)
            : form == RolloutForm.LOOP
                ? byLoop(graph, forward, rows, uniform, backward)
                : bySteps(graph, forward, rows, uniform, backward, mostNodes);
    if (drawn == null) {
      return Optional.empty();
    }
    graph.section("object");
    graph.output(BundleFormat.TOKENS, drawn.tokens());
    graph.output(BundleFormat.LENGTH, drawn.lengths());
    graph.output(BundleFormat.LOG_PF, drawn.logForward());
    graph.output(BundleFormat.LOG_PB, drawn.logBackward());
    graph.output(
        BundleFormat.LOG_Z,
        rows.gather(
            graph,
            graph.apply(
                Operator.RESHAPE,
                policy.logPartition(graph, betaColumn),
                graph.integers("asRow", -1))));
    return Optional.of(policy.origin().finish(graph));
  }

  /** Draws by tables of edges alone. */
  private DrawnTrajectories byEdges(
      GraphBuilder graph,
      EdgeTables tables,
      @Nullable Value scale,
      BetaRows betas,
      Value uniform,
      Optional<ConditionedLogits> backward) {
    List<Value> uniforms = Uniforms.rows(graph, uniform, environment.maximumSteps());
    EdgeRollout.Result result =
        EdgeRollout.draw(graph, tables, lowering.rootActions(), scale, betas, uniforms);
    Value logBackward = result.logBackward();
    if (tables.backward().isPresent()) {
      ScaledLogits scaling = backward.map(ConditionedLogits::scaling).orElse(null);
      logBackward =
          TabulatedBackward.logProbability(graph, tables.backward().get(), scaling, result.edges());
    }
    if (logBackward == null) {
      float constant = (float) Tabulation.constantLogBackward(environment, uniforms.size());
      logBackward =
          graph.apply(
              Operator.EXPAND, graph.constant("logPb", Shape.of(1), constant), betas.batch());
    }
    return new DrawnTrajectories(
        result.tokens(),
        DrawnObjects.fullLengths(graph, environment, betas.batch()),
        result.logForward(),
        logBackward);
  }

  /**
   * Returns the last step, where tables of states have the logits of every state and nothing is
   * asked of complete objects but their tokens.
   */
  private Optional<LastToken> lastFrom(StateTables tables, boolean learnsBackward) {
    boolean all = tables.plan().steps() == environment.maximumSteps();
    return all && !tables.plan().absorbs()
        ? lowering.lastToken().filter(step -> !learnsBackward || step.backwardActions() == 1)
        : Optional.empty();
  }

  /** Draws by tables of the states alone that steps are taken from. */
  private DrawnTrajectories byStates(
      GraphBuilder graph,
      StateTables tables,
      LastToken last,
      ConditionedLogits forward,
      BetaRows betas,
      Value uniform) {
    int steps = environment.maximumSteps();
    Uniforms uniforms = Uniforms.split(graph, uniform, steps, steps - 1);
    LogProbabilitySum logForward = new LogProbabilitySum();
    TabulatedSteps tabulated =
        start(
            graph,
            tables,
            forward,
            betas,
            root(graph, forward, betas, uniforms.column(0), logForward));
    for (int step = 1; step < steps - 1; step++) {
      graph.section("step" + step);
      tabulated.step(graph, uniforms.row(step));
    }
    graph.section("step" + (steps - 1));
    Value tokens = tabulated.last(graph, uniforms.row(steps - 1), last);
    graph.section("object");
    BackwardSum backward = new BackwardSum(Optional.empty());
    tabulated.addLogBackward(backward);
    backward.addConstant(-Math.log(last.backwardActions()));
    return DrawnTrajectories.of(
        graph,
        environment,
        betas,
        new DrawnObjects(tokens, Optional.empty()),
        tabulated.plusLogForward(graph, logForward.finish(graph, "logPf", betas.batch())),
        tabulated.plusLogBackward(graph, backward.finish(graph, betas.batch()), null));
  }

  /** Chooses in the root. */
  private ActionChoice root(
      GraphBuilder graph,
      ConditionedLogits forward,
      BetaRows betas,
      Value uniform,
      LogProbabilitySum logForward) {
    graph.section("step0");
    ActionChoice choice =
        ActionChoice.chooseInOneState(
            graph,
            forward.ofOneState(graph, policy.rootFeatures(), lowering.rootActions()),
            betas,
            uniform);
    logForward.add(choice.logProbability());
    return choice;
  }

  private TabulatedSteps start(
      GraphBuilder graph,
      StateTables tables,
      ConditionedLogits forward,
      BetaRows betas,
      ActionChoice root) {
    return TabulatedSteps.start(
        graph, tables, environment, forward.scaling(), betas, root.position(graph));
  }

  /** Draws step by step, the first ones by tables of states if there are any. */
  private @Nullable DrawnTrajectories bySteps(
      GraphBuilder graph,
      ConditionedLogits ofBetas,
      BetaRows betas,
      Value uniform,
      Optional<ConditionedLogits> learned,
      int mostNodes) {
    StateTables tables = (StateTables) tabulation;
    if (tables != null) {
      Optional<LastToken> last = lastFrom(tables, learned.isPresent());
      if (last.isPresent()) {
        return byStates(graph, tables, last.get(), ofBetas, betas, uniform);
      }
    }
    BackwardSum backward = new BackwardSum(learned);
    int steps = environment.maximumSteps();
    int inside = tables == null ? 0 : tables.plan().steps() - 2;
    Uniforms uniforms = Uniforms.split(graph, uniform, steps, inside);

    LogProbabilitySum logForward = new LogProbabilitySum();
    ActionChoice choice = root(graph, ofBetas, betas, uniforms.column(0), logForward);
    ConditionedLogits forward = ofBetas.ofRows(graph, betas);
    TabulatedSteps tabulated = null;
    LoweredState state;
    Value logits = null;
    Value features = null;
    Value firstLayer = null;
    if (tables == null) {
      state = lowering.firstStep(graph, choice);
      features = backward.add(graph, state, choice, null);
    } else {
      tabulated = start(graph, tables, ofBetas, betas, choice);
      for (int step = 1; step <= inside; step++) {
        if (graph.nodeCount() > mostNodes) {
          return null;
        }
        graph.section("step" + step);
        tabulated.step(graph, uniforms.row(step));
      }
      graph.section("step" + (inside + 1));
      tabulated.addLogBackward(backward);
      state = tabulated.resume(graph, lowering, inside + 1);
      logits = tabulated.logits(graph);
    }
    for (int step = inside + 1; step < steps; step++) {
      if (graph.nodeCount() > mostNodes) {
        return null;
      }
      graph.section("step" + step);
      ValidActions valid = state.forwardActions(graph);
      Value running = state.running(graph).orElse(null);
      AppendedFeatures appended = state.appended().orElse(null);
      Value scaled;
      if (logits != null) {
        scaled = forward.ofLogits(graph, logits, valid.range());
        logits = null;
      } else if (form == RolloutForm.INCREMENTAL && appended != null) {
        firstLayer = forward.firstLayer(graph, firstLayer, state, appended);
        scaled = forward.ofFirstLayer(graph, firstLayer, valid.range());
      } else {
        scaled =
            forward.ofStates(
                graph, features == null ? state.features(graph) : features, valid.range());
      }
      choice =
          ActionChoice.choose(
              graph, Softmax.of(graph, scaled, valid.mask()), uniforms.column(step), running);
      logForward.add(choice.logProbability());
      state = state.step(graph, choice);
      features = backward.add(graph, state, choice, running);
    }

    graph.section("object");
    DrawnObjects objects = DrawnObjects.of(graph, state);
    Value logPf = logForward.finish(graph, "logPf", betas.batch());
    Value logPb = backward.finish(graph, betas.batch());
    if (tabulated != null) {
      logPf = tabulated.plusLogForward(graph, logPf);
      logPb =
          tabulated.plusLogBackward(
              graph, logPb, learned.map(ConditionedLogits::scaling).orElse(null));
    }
    return DrawnTrajectories.of(graph, environment, betas, objects, logPf, logPb);
  }

  /** Draws by a loop over the steps after the first. */
  private DrawnTrajectories byLoop(
      GraphBuilder graph,
      ConditionedLogits ofBetas,
      BetaRows betas,
      Value uniform,
      Optional<ConditionedLogits> learned) {
    BackwardSum backward = new BackwardSum(learned);
    LogProbabilitySum logForward = new LogProbabilitySum();
    ActionChoice choice =
        root(graph, ofBetas, betas, Columns.slice(graph, uniform, 0, 1), logForward);
    ConditionedLogits forward = ofBetas.ofRows(graph, betas);
    LoweredState first = lowering.firstStep(graph, choice);
    backward.add(graph, first, choice, null);
    boolean grows = RolloutForm.INCREMENTAL.fits(policy.network(), environment);
    DrawnObjects objects =
        new LoopedRollout(
                lowering.repeated(!grows).orElseThrow(),
                forward,
                environment.maximumSteps() - 1,
                grows)
            .take(graph, first, uniform, logForward, backward);
    return DrawnTrajectories.of(
        graph,
        environment,
        betas,
        objects,
        logForward.finish(graph, "logPf", betas.batch()),
        backward.finish(graph, betas.batch()));
  }
}
