package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.exporter.tabulation.CellTable;
import io.logitflow.exporter.tabulation.StateTables;
import io.logitflow.exporter.tabulation.Tabulation;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;
import io.logitflow.trainer.environment.Environment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first steps of a rollout, whose logits come from tables by state. A state is its number [B];
 * numbers of an action stand in columns [n, B], where comparing and adding up is cheapest.
 */
final class TabulatedSteps {
  private static final Map<String, Attribute> ROWS = Map.of("axis", new Attribute.Whole(0));
  private static final Map<String, Attribute> COLUMNS = Map.of("axis", new Attribute.Whole(1));

  private final StateTables tables;
  private final Environment environment;
  private final ScaledLogits scaling;
  private final int actions;
  private final @Nullable Value scale;
  private final ColumnLogProbability logForward;
  private final List<Value> edges = new ArrayList<>();
  private Value state;

  private TabulatedSteps(
      GraphBuilder graph,
      StateTables tables,
      Environment environment,
      ScaledLogits scaling,
      BetaRows betas,
      Value edge) {
    this.tables = tables;
    this.environment = environment;
    this.scaling = scaling;
    actions = environment.actionCount();
    scale = scaling.scale() == null ? null : betas.gather(graph, spread(graph, scaling.scale()));
    logForward = new ColumnLogProbability(actions);
    state = follow(graph, edge);
  }

  /**
   * Takes the first step, from the root.
   *
   * @param tables of the states
   * @param environment whose states they are
   * @param scaling of these logits, for each inverse temperature
   * @param betas of the trajectories
   * @param position [B, 1] the action chosen in the root, as a float
   */
  static TabulatedSteps start(
      GraphBuilder graph,
      StateTables tables,
      Environment environment,
      ScaledLogits scaling,
      BetaRows betas,
      Value position) {
    // The root is state 0, so that its edges have the numbers of its actions.
    return new TabulatedSteps(graph, tables, environment, scaling, betas, index(graph, position));
  }

  /** Returns what a row of the table is multiplied by: [G, K] to [G, R]. */
  private Value spread(GraphBuilder graph, Value scale) {
    float[] spread = new float[scaling.heads() * tables.rowWidth()];
    for (int head = 0; head < scaling.heads(); head++) {
      for (int action = 0; action < actions; action++) {
        spread[head * tables.rowWidth() + head * actions + action] = 1;
      }
    }
    return graph.apply(
        Operator.MATMUL,
        scale,
        graph.constant("spread", Shape.of(scaling.heads(), tables.rowWidth()), spread));
  }

  /** Returns the state that an edge [B] leads to, [B]. */
  private Value follow(GraphBuilder graph, Value edge) {
    edges.add(edge);
    return graph.apply(
        Operator.GATHER,
        graph.constant(
            "tabulated.children",
            new TensorType(ElementType.INT32, Shape.of(tables.children().length)),
            bytes(tables.children())),
        edge);
  }

  /**
   * Takes a step.
   *
   * @param uniform [1, B] in [0, 1)
   */
  void step(GraphBuilder graph, Value uniform) {
    Value action = choose(graph, uniform);
    Value first =
        graph.apply(
            Operator.MUL,
            state,
            graph.constant(
                "actions", new TensorType(ElementType.INT32, Shape.of()), bytes(actions)));
    state = follow(graph, graph.apply(Operator.ADD, first, action));
  }

  /** Chooses an action from the states reached, [B]. */
  private Value choose(GraphBuilder graph, Value uniform) {
    Value rows = rows(graph);
    Value scaled = scale == null ? rows : graph.apply(Operator.MUL, rows, scale);
    Value shifted = tables.shifted() ? scaled : lessMaximum(graph, byAction(graph, rows, scaled));
    Value exponentials = graph.apply(Operator.EXP, shifted);
    Value triangle = ColumnChoice.triangle(graph, actions, actions);
    Value sums =
        tables.shifted()
            ? graph.apply(
                Operator.GEMM, Map.of("transB", new Attribute.Whole(1)), triangle, exponentials)
            : graph.apply(Operator.MATMUL, triangle, exponentials);
    // Zero would choose an action that is not valid if the runtime leaves it a subnormal.
    Value positive =
        tables.plan().masked()
            ? graph.apply(Operator.MAX, uniform, graph.constant("tiny", Shape.of(), 0x1p-40f))
            : uniform;
    ColumnChoice choice = ColumnChoice.choose(graph, sums, positive);
    Value position = Columns.cast(graph, ElementType.INT32, choice.position(graph));
    logForward.addTotal(choice.total());
    logForward.addLogit(
        tables.shifted()
            ? graph.apply(
                Operator.GATHER_ELEMENTS,
                COLUMNS,
                shifted,
                graph.apply(Operator.RESHAPE, position, graph.integers("asColumn", -1, 1)))
            : graph.apply(Operator.GATHER_ELEMENTS, ROWS, shifted, position));
    return graph.apply(Operator.RESHAPE, position, graph.integers("asRow", -1));
  }

  /**
   * Takes the last step of all, from states whose logits are in the table too.
   *
   * @param uniform [1, B] in [0, 1)
   * @param step the environment's
   * @return tokens [B, S] as floats
   */
  Value last(GraphBuilder graph, Value uniform, LastToken step) {
    Value action = choose(graph, uniform);
    return step.complete(graph, cells(graph), action);
  }

  /** Adds up the heads and brings the logits of each action into a row: [B, R] to [A, B]. */
  private Value byAction(GraphBuilder graph, Value rows, Value scaled) {
    int width = tables.rowWidth();
    int learned = scaling.heads() * actions;
    float[] fold = new float[actions * width];
    float[] marks = new float[actions * width];
    for (int action = 0; action < actions; action++) {
      for (int head = 0; head < scaling.heads(); head++) {
        fold[action * width + head * actions + action] = 1;
      }
      if (width > learned) {
        marks[action * width + learned + action] = 1;
      }
    }
    Map<String, Attribute> transposed = Map.of("transB", new Attribute.Whole(1));
    Value folded =
        graph.apply(
            Operator.GEMM,
            transposed,
            graph.constant("fold", Shape.of(actions, width), fold),
            scaled);
    Value clamped = scaling.clamped(graph, folded);
    return width == learned
        ? clamped
        : graph.apply(
            Operator.GEMM,
            transposed,
            graph.constant("marks", Shape.of(actions, width), marks),
            rows,
            clamped);
  }

  private static Value lessMaximum(GraphBuilder graph, Value logits) {
    Value maximum =
        graph.apply(
            Operator.REDUCE_MAX,
            Map.of("axes", new Attribute.Wholes(List.of(0L)), "keepdims", new Attribute.Whole(1)),
            logits);
    return graph.apply(Operator.SUB, logits, maximum);
  }

  private Value rows(GraphBuilder graph) {
    Shape shape = Shape.of(tables.numbering().states(), tables.rowWidth());
    return graph.apply(
        Operator.GATHER, graph.constant("tabulated.rows", shape, tables::rows), state);
  }

  /**
   * Returns the unscaled logits of the states reached.
   *
   * @return [B, K·A]
   */
  Value logits(GraphBuilder graph) {
    return new ActionRange(0, scaling.heads() * actions).select(graph, rows(graph));
  }

  /**
   * Goes on as the environment does.
   *
   * @param lowering the environment's
   * @param steps taken
   */
  LoweredState resume(GraphBuilder graph, EnvironmentLowering lowering, int steps) {
    Value numbers = cells(graph);
    int cells = lowering.cells(steps);
    Value distance =
        tables.cells().width() > cells ? new ActionRange(cells, 1).select(graph, numbers) : null;
    return lowering.resume(
        graph, steps, new ActionRange(0, cells).select(graph, numbers), distance);
  }

  /** Looks up the cells of the states reached, [B, w] as floats. */
  private Value cells(GraphBuilder graph) {
    CellTable table = tables.cells();
    Value number =
        tables.firstCells() == 0
            ? state
            : graph.apply(
                Operator.SUB,
                state,
                graph.constant(
                    "tabulated.firstCells",
                    new TensorType(ElementType.INT32, Shape.of()),
                    bytes(tables.firstCells())));
    Value found = graph.apply(Operator.GATHER, constant(graph, "tabulated.cells", table), number);
    return Columns.toFloat(graph, found);
  }

  /**
   * Returns log P_F of the steps after the first, [B]; null if there are none.
   *
   * @param others [B] of the other steps
   * @return [B] the sum
   */
  Value plusLogForward(GraphBuilder graph, Value others) {
    if (logForward.isEmpty()) {
      return others;
    }
    Value sum =
        graph.apply(Operator.ADD, others, logForward.logitSum(graph, tables.shifted() ? 1 : 0));
    return graph.apply(Operator.SUB, sum, logForward.logTotal(graph));
  }

  /** Adds log P_B of all these steps to that of the others. */
  void addLogBackward(BackwardSum others) {
    if (tables.backward().isEmpty()) {
      others.addConstant(Tabulation.constantLogBackward(environment, edges.size()));
    }
  }

  /**
   * Adds log P_B of these steps where it depends on the row.
   *
   * @param others [B] of the other steps, and of these where it does not
   * @param backwardScaling of the logits of P_B; null if they are not scaled
   * @return [B]
   */
  Value plusLogBackward(GraphBuilder graph, Value others, @Nullable ScaledLogits backwardScaling) {
    return tables
        .backward()
        .map(
            backward ->
                graph.apply(
                    Operator.ADD,
                    others,
                    TabulatedBackward.logProbability(graph, backward, backwardScaling, edges)))
        .orElse(others);
  }

  /** Brings [B, 1] floats that are whole numbers into [B] integers. */
  private static Value index(GraphBuilder graph, Value column) {
    return Columns.cast(
        graph,
        ElementType.INT32,
        graph.apply(Operator.RESHAPE, column, graph.integers("asRow", -1)));
  }

  /** Returns a constant of cells or tokens. */
  static Value constant(GraphBuilder graph, String name, CellTable cells) {
    ElementType type = cells.bytesPerNumber() == 1 ? ElementType.UINT8 : ElementType.INT16;
    return graph.constant(
        name, new TensorType(type, Shape.of(cells.rows(), cells.width())), cells.bytes());
  }

  /** Returns integers as the bytes of a constant. */
  static ByteBuffer bytes(int... integers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(integers.length, Integer.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(integers);
    return bytes;
  }
}
