package io.logitflow.exporter.benchmark;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The products of a batch with square matrices, one behind the other, through ONNX Runtime: as fast
 * as the hidden layers of a policy could be.
 */
@State(Scope.Thread)
public class MatrixProductBenchmark {
  /** Products of a run. */
  static final int PRODUCTS = 8;

  /** Rows of the batch. */
  @Param("256")
  public int rows;

  /** Rows and columns of the matrices. */
  @Param("256")
  public int width;

  private OrtSession session;
  private OnnxTensor input;
  private OnnxTensor output;

  /** Loads the graph. */
  @Setup
  public void open() throws OrtException {
    GraphBuilder graph = new GraphBuilder("products", "B");
    Value value = graph.input("x", ElementType.FLOAT32, Shape.BATCH, width);
    SplittableRandom random = new SplittableRandom(1);
    for (int product = 0; product < PRODUCTS; product++) {
      float[] matrix = new float[width * width];
      for (int i = 0; i < matrix.length; i++) {
        matrix[i] = random.nextFloat(-1, 1) / width;
      }
      Value constant = graph.constant("matrix" + product, Shape.of(width, width), matrix);
      value = graph.apply(Operator.MATMUL, value, constant);
    }
    graph.output("y", value);
    OrtEnvironment runtime = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      byte[] file = graph.build("benchmark", new TreeMap<>()).file().toByteArray();
      session = runtime.createSession(file, options);
    }
    input = tensor(runtime);
    output = tensor(runtime);
  }

  private OnnxTensor tensor(OrtEnvironment runtime) throws OrtException {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(rows * width * Float.BYTES).order(ByteOrder.nativeOrder());
    return OnnxTensor.createTensor(runtime, bytes.asFloatBuffer(), new long[] {rows, width});
  }

  /** Multiplies. */
  @Benchmark
  public void multiply() throws OrtException {
    session.run(Map.of("x", input), Map.of("y", output)).close();
  }

  /** Frees the graph. */
  @TearDown
  public void close() throws OrtException {
    input.close();
    output.close();
    session.close();
  }

  /**
   * Returns the floating-point operations of a run.
   *
   * @param rows of the batch
   * @param width of the matrices
   */
  static double operations(int rows, int width) {
    return 2.0 * PRODUCTS * rows * width * width;
  }
}
