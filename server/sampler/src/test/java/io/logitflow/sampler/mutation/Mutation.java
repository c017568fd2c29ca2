package io.logitflow.sampler.mutation;

import com.google.protobuf.ByteString;
import io.logitflow.sampler.HandmadeModel;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.schema.GraphProto;
import io.logitflow.sampler.onnx.schema.ModelProto;
import io.logitflow.sampler.onnx.schema.NodeProto;
import io.logitflow.sampler.onnx.schema.TensorProto;
import io.logitflow.sampler.onnx.schema.TensorProto.DataType;
import io.logitflow.sampler.onnx.schema.ValueInfoProto;
import io.logitflow.v1.EnvironmentDescription;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** The ways in which a bundle is spoilt. Each seals most of what it makes. */
enum Mutation {
  /** A few bits are turned over, of a graph or of the manifest. */
  BIT_FLIPS {
    @Override
    void apply(MutantBundle bundle, SplittableRandom random) {
      if (random.nextInt(8) == 0) {
        bundle.setManifestText(flipped(bundle.manifestText(), random));
        return;
      }
      String name = MutantBundle.drawGraph(random);
      bundle.put(name, flipped(bundle.file(name), random));
      sealMostly(bundle, random);
    }
  },
  /** A file ends too early. */
  TRUNCATION {
    @Override
    void apply(MutantBundle bundle, SplittableRandom random) {
      if (random.nextInt(8) == 0) {
        bundle.setManifestText(shortened(bundle.manifestText(), random));
        return;
      }
      String name = MutantBundle.drawGraph(random);
      bundle.put(name, shortened(bundle.file(name), random));
      sealMostly(bundle, random);
    }
  },
  /** Files change places, or one takes the place of another, or of its role. */
  SWAPPED_FILES {
    @Override
    void apply(MutantBundle bundle, SplittableRandom random) {
      String first = MutantBundle.drawGraph(random);
      String second = MutantBundle.drawGraph(random);
      byte[] content = bundle.file(first);
      switch (random.nextInt(4)) {
        case 0 -> bundle.put(first, bundle.file(BundleFormat.PARITY_FILE));
        case 1 -> bundle.put(first, join(content, bundle.file(second)));
        case 2 -> {
          int from = random.nextInt(bundle.manifest().getGraphsCount());
          int to = random.nextInt(bundle.manifest().getGraphsCount());
          bundle
              .manifest()
              .getGraphsBuilder(from)
              .setFile(bundle.manifest().getGraphs(to).getFile());
        }
        default -> {
          bundle.put(first, bundle.file(second));
          bundle.put(second, content);
        }
      }
      sealMostly(bundle, random);
    }
  },
  /** Values grow, from what is allowed to what no machine holds; or sizes are no sizes. */
  HOSTILE_SHAPES {
    @Override
    void apply(MutantBundle bundle, SplittableRandom random) {
      ModelProto.Builder model = bundle.model(BundleFormat.ROLLOUT_FILE);
      GraphProto.Builder graph = model.getGraphBuilder();
      long size = 1L << random.nextInt(63);
      switch (random.nextInt(6)) {
        case 0 -> blowUp(graph, size, 1);
        case 1 -> blowUp(graph, 1L << random.nextInt(32), 1L << random.nextInt(32));
        case 2 -> fold(graph, size);
        case 3 -> concatenate(graph, random.nextInt(64));
        case 4 -> {
          TensorProto.Builder tensor = drawConstant(graph, random);
          if (tensor.getDimsCount() > 0) {
            tensor.setDims(random.nextInt(tensor.getDimsCount()), oddSize(random));
          }
        }
        default -> {
          if (random.nextBoolean()) {
            graph
                .getInputBuilder(random.nextInt(graph.getInputCount()))
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .addDimBuilder()
                .setDimValue(oddSize(random));
          } else {
            widen(bundle, random);
          }
        }
      }
      bundle.put(BundleFormat.ROLLOUT_FILE, model.build().toByteArray());
      bundle.seal();
    }
  },
  /** Constants that are longer than they say, or shorter, or many; manifests likewise. */
  OVERSIZED_CONSTANTS {
    @Override
    void apply(MutantBundle bundle, SplittableRandom random) {
      String name = MutantBundle.drawGraph(random);
      ModelProto.Builder model = bundle.model(name);
      GraphProto.Builder graph = model.getGraphBuilder();
      TensorProto.Builder tensor = drawConstant(graph, random);
      int bytes = 4 << random.nextInt(20);
      switch (random.nextInt(8)) {
        case 0 -> tensor.setRawData(tensor.getRawData().concat(zeros(bytes)));
        case 1 -> tensor.addDims(1L << random.nextInt(63));
        case 2 -> tensor.setRawData(ByteString.EMPTY);
        case 3 ->
            graph.addInitializer(
                TensorProto.newBuilder()
                    .setName("more")
                    .setDataType(DataType.FLOAT_VALUE)
                    .addDims(bytes / Float.BYTES)
                    .setRawData(zeros(bytes)));
        case 4 -> graph.setDocString("x".repeat(4 << random.nextInt(24)));
        case 5 -> {
          int count = 1 << random.nextInt(21);
          for (int i = 0; i < count; i++) {
            graph.addNode(NodeProto.getDefaultInstance());
          }
        }
        case 6 -> tensor.addAllDims(Collections.nCopies(1 << random.nextInt(21), 1L));
        default -> {
          int count = 1 << random.nextInt(19);
          for (int i = 0; i < count; i++) {
            bundle.manifest().getVocabularyBuilder().addTokens(Integer.toString(i, 36));
          }
        }
      }
      bundle.put(name, model.build().toByteArray());
      bundle.seal();
    }
  },
  /** Constants in other files, inside the directory or not, and files that are links. */
  EXTERNAL_DATA {
    private static final List<String> PLACES =
        List.of("../../../etc/passwd", "/etc/passwd", "parity.json", "/dev/zero", "..", "", "a\nb");

    @Override
    void apply(MutantBundle bundle, SplittableRandom random) {
      String name = MutantBundle.drawGraph(random);
      if (random.nextInt(8) == 0) {
        bundle.link(random.nextBoolean() ? name : BundleFormat.PARITY_FILE);
        return;
      }
      ModelProto.Builder model = bundle.model(name);
      TensorProto.Builder tensor = drawConstant(model.getGraphBuilder(), random);
      if (random.nextBoolean()) {
        tensor.clearRawData();
      }
      if (random.nextInt(4) > 0) {
        tensor.setDataLocation(random.nextInt(4));
      }
      tensor
          .addExternalDataBuilder()
          .setKey(random.nextInt(8) == 0 ? "offset" : "location")
          .setValue(PLACES.get(random.nextInt(PLACES.size())));
      bundle.put(name, model.build().toByteArray());
      bundle.seal();
    }
  },
  /**
   * Nodes become others: of ONNX, of other domains, or of the list but not those that were meant.
   */
  OTHER_OPERATORS {
    private static final List<String> FOREIGN =
        List.of(
            "Loop",
            "If",
            "Scan",
            "Tile",
            "ConstantOfShape",
            "Pad",
            "RandomUniform",
            "Mod",
            "Pow",
            "NonZero",
            "Resize",
            "Einsum",
            "Optional",
            "SequenceEmpty",
            "StringConcat",
            "",
            "exp");

    private static final List<String> LISTED =
        List.of(
            "Add",
            "Sub",
            "Mul",
            "Div",
            "Exp",
            "Log",
            "Softplus",
            "Less",
            "LessOrEqual",
            "Equal",
            "Gemm",
            "MatMul",
            "Where",
            "Shape",
            "Expand",
            "Reshape",
            "Gather",
            "CumSum",
            "Clip");

    @Override
    void apply(MutantBundle bundle, SplittableRandom random) {
      String name = MutantBundle.drawGraph(random);
      ModelProto.Builder model = bundle.model(name);
      GraphProto.Builder graph = model.getGraphBuilder();
      NodeProto.Builder node = drawNode(graph, random);
      switch (random.nextInt(6)) {
        case 0 -> node.setOpType(FOREIGN.get(random.nextInt(FOREIGN.size())));
        case 1 -> node.setDomain(random.nextBoolean() ? "com.microsoft" : "ai.onnx.ml");
        case 2 -> model.addOpsetImportBuilder().setDomain("com.microsoft").setVersion(1);
        case 3 -> {
          NodeProto other = graph.getNode(random.nextInt(graph.getNodeCount()));
          node.setInput(0, other.getOutput(0));
        }
        case 4 -> {
          node.setOpType(LISTED.get(random.nextInt(LISTED.size())));
          node.addAttribute(HandmadeModel.whole("axis", random.nextInt(-2, 3)));
        }
        default -> exchange(graph, random);
      }
      bundle.put(name, model.build().toByteArray());
      bundle.seal();
    }
  },
  /** A loop runs more often, or is given or gives something else than it takes. */
  HOSTILE_LOOPS {
    @Override
    void apply(MutantBundle bundle, SplittableRandom random) {
      ModelProto.Builder model = bundle.model(BundleFormat.ROLLOUT_FILE);
      GraphProto.Builder graph = model.getGraphBuilder();
      NodeProto.Builder loop = loops(graph).get(0);
      GraphProto.Builder body = loop.getAttributeBuilder(0).getGBuilder();
      String any = graph.getNode(random.nextInt(graph.getNodeCount())).getOutput(0);
      switch (random.nextInt(9)) {
        case 0, 1 -> {
          integers(graph, "times", oddSize(random));
          loop.setInput(0, "times");
        }
        case 2 -> loop.setInput(random.nextInt(loop.getInputCount()), any);
        case 3 -> loop.addOutput("more");
        case 4 -> body.getOutputBuilder(random.nextInt(body.getOutputCount())).setName(any);
        case 5 -> {
          ValueInfoProto.Builder declared =
              random.nextBoolean()
                  ? body.getInputBuilder(random.nextInt(body.getInputCount()))
                  : body.getOutputBuilder(random.nextInt(body.getOutputCount()));
          declared
              .getTypeBuilder()
              .getTensorTypeBuilder()
              .getShapeBuilder()
              .addDimBuilder()
              .setDimValue(oddSize(random));
        }
        case 6 -> {
          int from = random.nextInt(body.getOutputCount());
          body.setOutput(from, body.getOutput(random.nextInt(body.getOutputCount())));
        }
        case 7 -> body.addNode(loop.build());
        default ->
            body.getNodeBuilder(random.nextInt(body.getNodeCount()))
                .setInput(0, body.getNode(random.nextInt(body.getNodeCount())).getOutput(0));
      }
      bundle.put(BundleFormat.ROLLOUT_FILE, model.build().toByteArray());
      bundle.seal();
    }
  };

  /**
   * Spoils a bundle.
   *
   * @param bundle a copy of the golden bundle
   * @param random where every choice comes from
   */
  abstract void apply(MutantBundle bundle, SplittableRandom random);

  /** Makes one arithmetic operator another, which no rule can tell from what was meant. */
  private static void exchange(GraphProto.Builder graph, SplittableRandom random) {
    List<String> arithmetic = List.of("Add", "Sub", "Mul", "Div");
    List<NodeProto.Builder> nodes =
        graph.getNodeBuilderList().stream()
            .filter(node -> arithmetic.contains(node.getOpType()))
            .toList();
    if (!nodes.isEmpty()) {
      nodes
          .get(random.nextInt(nodes.size()))
          .setOpType(arithmetic.get(random.nextInt(arithmetic.size())));
    }
  }

  /** Draws a node, half of them from the body of a loop if there is one. */
  private static NodeProto.Builder drawNode(GraphProto.Builder graph, SplittableRandom random) {
    List<NodeProto.Builder> loops = loops(graph);
    GraphProto.Builder drawn =
        loops.isEmpty() || random.nextBoolean()
            ? graph
            : loops.get(0).getAttributeBuilder(0).getGBuilder();
    return drawn.getNodeBuilder(random.nextInt(drawn.getNodeCount()));
  }

  private static List<NodeProto.Builder> loops(GraphProto.Builder graph) {
    return graph.getNodeBuilderList().stream()
        .filter(node -> node.getOpType().equals("Loop"))
        .toList();
  }

  private static void sealMostly(MutantBundle bundle, SplittableRandom random) {
    if (random.nextInt(8) > 0) {
      bundle.seal();
    }
  }

  private static byte[] flipped(byte[] content, SplittableRandom random) {
    byte[] changed = content.clone();
    int bits = 1 << random.nextInt(5);
    for (int i = 0; i < bits; i++) {
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    }
    return changed;
  }

  private static byte[] shortened(byte[] content, SplittableRandom random) {
    return Arrays.copyOf(content, random.nextInt(content.length));
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** Makes log Z the maximum of as many copies of it. */
  private static void blowUp(GraphProto.Builder graph, long rows, long columns) {
    String before = hideLogZ(graph);
    integers(graph, "blown_shape", rows, columns, 1);
    node(graph, "Expand", "blown", before, "blown_shape");
    integers(graph, "blown_axes", 0, 1);
    graph
        .addNodeBuilder()
        .setOpType("ReduceSum")
        .addInput("blown")
        .addInput("blown_axes")
        .addOutput("log_z")
        .addAttribute(HandmadeModel.whole("keepdims", 0));
  }

  /** Adds to log Z the sum of as many zeros, which a session computes when it is opened. */
  private static void fold(GraphProto.Builder graph, long size) {
    String before = hideLogZ(graph);
    graph
        .addInitializerBuilder()
        .setName("folded_zero")
        .setDataType(DataType.FLOAT_VALUE)
        .addDims(1)
        .setRawData(zeros(Float.BYTES));
    integers(graph, "folded_shape", size);
    integers(graph, "folded_axes", 0);
    node(graph, "Expand", "folded", "folded_zero", "folded_shape");
    graph
        .addNodeBuilder()
        .setOpType("ReduceSum")
        .addInput("folded")
        .addInput("folded_axes")
        .addOutput("folded_sum")
        .addAttribute(HandmadeModel.whole("keepdims", 0));
    node(graph, "Add", "log_z", before, "folded_sum");
  }

  private static void concatenate(GraphProto.Builder graph, int times) {
    String before = hideLogZ(graph);
    integers(graph, "chain_shape", -1, 1);
    integers(graph, "chain_axes", 1);
    node(graph, "Reshape", "chain_0", before, "chain_shape");
    for (int i = 0; i < times; i++) {
      graph
          .addNodeBuilder()
          .setOpType("Concat")
          .addInput("chain_" + i)
          .addInput("chain_" + i)
          .addOutput("chain_" + (i + 1))
          .addAttribute(HandmadeModel.whole("axis", 1));
    }
    graph
        .addNodeBuilder()
        .setOpType("ReduceSum")
        .addInput("chain_" + times)
        .addInput("chain_axes")
        .addOutput("log_z")
        .addAttribute(HandmadeModel.whole("keepdims", 0));
  }

  private static String hideLogZ(GraphProto.Builder graph) {
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      int index = node.getOutputList().indexOf(BundleFormat.LOG_Z);
      if (index >= 0) {
        node.setOutput(index, "hidden");
      }
    }
    return "hidden";
  }

  private static void widen(MutantBundle bundle, SplittableRandom random) {
    EnvironmentDescription.Builder environment = bundle.manifest().getEnvironmentBuilder();
    int size = (int) oddSize(random);
    switch (random.nextInt(5)) {
      case 0 -> environment.setMaximumLength(size);
      case 1 -> environment.setMaximumSteps(size);
      case 2 -> environment.setFeatureCount(size);
      case 3 -> environment.setActionCount(size);
      default -> bundle.manifest().getConditioningBuilder().setHeads(size);
    }
  }

  private static long oddSize(SplittableRandom random) {
    long size = 1L << random.nextInt(63);
    return random.nextInt(4) == 0 ? -size : size + random.nextInt(-1, 2);
  }

  private static TensorProto.Builder drawConstant(
      GraphProto.Builder graph, SplittableRandom random) {
    return graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount()));
  }

  private static void node(
      GraphProto.Builder graph, String operator, String result, String... operands) {
    graph.addNodeBuilder().setOpType(operator).addAllInput(List.of(operands)).addOutput(result);
  }

  private static void integers(GraphProto.Builder graph, String name, long... elements) {
    ByteBuffer bytes =
        ByteBuffer.allocate(elements.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(elements);
    graph
        .addInitializerBuilder()
        .setName(name)
        .setDataType(DataType.INT64_VALUE)
        .addDims(elements.length)
        .setRawData(ByteString.copyFrom(bytes));
  }

  private static ByteString zeros(int bytes) {
    return ByteString.copyFrom(new byte[bytes]);
  }
}
