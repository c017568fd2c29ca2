package io.logitflow.trainer.reward;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import com.google.common.primitives.Doubles;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.Sha256;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.config.RewardConfig.Encoding;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Scores computed by a model of the user's, which ONNX Runtime runs in the thread that asks. */
final class OnnxReward implements Reward {
  private static final String EXTERNAL_DATA =
      "session.model_external_initializers_file_folder_path";

  private final OrtEnvironment runtime = OrtEnvironment.getEnvironment();
  private final Path file;
  private final RewardConfig.Onnx config;
  private final int vocabulary;
  private final OrtSession session;
  private final OnnxSignature signature;
  private final String fingerprint;

  private OnnxReward(Path file, RewardConfig.Onnx config, Environment environment)
      throws OrtException, IOException {
    this.file = file;
    this.config = config;
    this.vocabulary = environment.tokens().size();
    byte[] model = Files.readAllBytes(file);
    this.fingerprint = Sha256.of(model);
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      // Below a file nothing exists: weights in other files, which the fingerprint would not cover,
      // are not found.
      options.addConfigEntry(EXTERNAL_DATA, file.toAbsolutePath().toString());
      this.session = runtime.createSession(model, options);
    }
    try {
      this.signature =
          OnnxSignature.of(
              file.toString(), session, config, environment.maximumLength(), vocabulary);
    } catch (OrtException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /**
   * Loads a model.
   *
   * @param file the model that the config names, resolved
   * @param config what its inputs and its output are
   * @param environment whose objects it scores
   * @throws InvalidInputException if the file is missing, is no model that ONNX Runtime loads, has
   *     weights in other files, or has other inputs and outputs, with all that differs
   * @throws LogitFlowException if the disk refuses
   */
  static OnnxReward open(Path file, RewardConfig.Onnx config, Environment environment) {
    if (!Files.isRegularFile(file)) {
      String found = Files.isDirectory(file) ? "a directory" : "no such file";
      throw new InvalidInputException(file.toString(), found, "an ONNX model");
    }
    try {
      return new OnnxReward(file, config, environment);
    } catch (OrtException e) {
      throw new InvalidInputException(
          file.toString(), reason(e), "an ONNX model in one file that ONNX Runtime loads");
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
  }

  @Override
  public double[] scores(ObjectBatch objects) {
    List<double[]> scores = new ArrayList<>();
    try {
      for (int first = 0; first < objects.rows(); first += config.batch()) {
        int rows = Math.min(config.batch(), objects.rows() - first);
        scores.add(run(objects, first, rows));
      }
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, file + ": found " + reason(e) + ", expected a run to succeed", e);
    }
    return Doubles.concat(scores.toArray(double[][]::new));
  }

  private double[] run(ObjectBatch objects, int first, int rows) throws OrtException {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      inputs.put(config.input(), encoded(objects, first, rows));
      if (config.lengthInput() != null && signature.lengths() != null) {
        int[] lengths = Arrays.copyOfRange(objects.lengths(), first, first + rows);
        inputs.put(config.lengthInput(), integers(lengths, signature.lengths(), rows));
      }
      try (OrtSession.Result result = session.run(inputs, Set.of(config.output()))) {
        return doubles((OnnxTensor) result.get(0));
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor encoded(ObjectBatch objects, int first, int rows) throws OrtException {
    int width = objects.width();
    if (config.encoding() == Encoding.TOKEN_IDS) {
      int[] ids = Arrays.copyOfRange(objects.tokens(), first * width, (first + rows) * width);
      return integers(ids, signature.objects(), rows, width);
    }
    float[] oneHot = new float[Math.multiplyExact(rows * width, vocabulary)];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < objects.lengths()[first + row]; i++) {
        int token = objects.tokens()[(first + row) * width + i];
        oneHot[(row * width + i) * vocabulary + token] = 1;
      }
    }
    return OnnxTensor.createTensor(
        runtime, FloatBuffer.wrap(oneHot), new long[] {rows, width, vocabulary});
  }

  private OnnxTensor integers(int[] values, OnnxJavaType type, long... shape) throws OrtException {
    return type == OnnxJavaType.INT32
        ? OnnxTensor.createTensor(runtime, IntBuffer.wrap(values), shape)
        : OnnxTensor.createTensor(
            runtime, LongBuffer.wrap(Arrays.stream(values).asLongStream().toArray()), shape);
  }

  private double[] doubles(OnnxTensor scores) {
    if (signature.scores() == OnnxJavaType.DOUBLE) {
      double[] values = new double[scores.getDoubleBuffer().remaining()];
      scores.getDoubleBuffer().get(values);
      return values;
    }
    FloatBuffer values = scores.getFloatBuffer();
    double[] widened = new double[values.remaining()];
    for (int i = 0; i < widened.length; i++) {
      widened[i] = values.get();
    }
    return widened;
  }

  private static String reason(OrtException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  /** One less than there are processors, for training to have its own. */
  @Override
  public int concurrency() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, file + ": found " + reason(e) + ", expected the model to close", e);
    }
  }
}
