package io.logitflow.trainer.report;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.evaluation.Buckets;
import io.logitflow.trainer.report.event.Event;
import io.logitflow.trainer.report.event.HistogramProto;
import io.logitflow.trainer.report.event.SessionLog;
import io.logitflow.trainer.report.event.Summary;
import io.logitflow.trainer.training.RoundMetrics;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A file of events for TensorBoard, under {@code tensorboard} in the directory of a run. Every
 * process that trains in the directory writes one of its own; its first events make readers forget
 * what earlier files say of rounds that were lost when the run was killed.
 *
 * <p>Events stand one behind the other as TFRecords: the length as 8 bytes, its checksum, the
 * event, its checksum; little-endian. A checksum is CRC-32C, rotated right by 15 bits plus a
 * constant, so that checksums of data that holds checksums stay good (TensorFlow, "TFRecord and
 * tf.train.Example").
 */
public final class EventFile implements AutoCloseable {
  /** Name of the directory of event files. */
  public static final String DIRECTORY = "tensorboard";

  private static final Pattern NAME =
      Pattern.compile("events\\.out\\.tfevents\\.(\\d{10})\\.logitflow");
  private static final String FORMAT = "brain.Event:2";
  private static final int MASK_DELTA = 0xa282ead8;
  private static final int BUCKETS = 40;

  private final Path file;
  private final OutputStream events;

  /**
   * Starts a file.
   *
   * @param directory the run's directory
   * @param round rounds that the run has done; what earlier files say of later ones is forgotten
   * @throws LogitFlowException if the disk refuses
   */
  public EventFile(Path directory, long round) {
    Path folder = directory.resolve(DIRECTORY);
    Path started = folder;
    try {
      Files.createDirectories(folder);
      started = folder.resolve(nextName(folder));
      this.events = Files.newOutputStream(started, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(started, "be written", e);
    }
    this.file = started;
    append(Event.newBuilder().setFileVersion(FORMAT));
    append(
        Event.newBuilder()
            .setStep(round)
            .setSessionLog(SessionLog.newBuilder().setStatus(SessionLog.Status.START)));
  }

  /** TensorBoard knows event files by a part of their names and reads them by name. */
  private static String nextName(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      long last =
          entries
              .map(entry -> NAME.matcher(entry.getFileName().toString()))
              .filter(Matcher::matches)
              .mapToLong(name -> Long.parseLong(name.group(1)))
              .max()
              .orElse(-1);
      return String.format(Locale.ROOT, "events.out.tfevents.%010d.logitflow", last + 1);
    }
  }

  /**
   * Appends a round: a scalar for every metric and the histograms.
   *
   * @param metrics what the round shows
   * @param histograms finite numbers by the name of their histogram; none is drawn of no numbers
   * @throws LogitFlowException if the disk refuses
   */
  public void write(RoundMetrics metrics, Map<String, double[]> histograms) {
    Summary.Builder summary = Summary.newBuilder();
    ReportJson.numbers(metrics)
        .forEach(
            (name, value) -> {
              if (!name.equals(MetricsTable.ROUND)) {
                summary
                    .addValueBuilder()
                    .setTag(name.replace('.', '/'))
                    .setSimpleValue(value.floatValue());
              }
            });
    histograms.forEach(
        (name, values) -> {
          if (values.length > 0) {
            summary.addValueBuilder().setTag(name).setHisto(histogram(values));
          }
        });
    append(Event.newBuilder().setStep(metrics.round()).setSummary(summary));
  }

  private static HistogramProto histogram(double[] values) {
    double low = Arrays.stream(values).min().orElseThrow();
    double high = Arrays.stream(values).max().orElseThrow();
    Buckets buckets = new Buckets(values, BUCKETS);
    double[] edges = buckets.edges();
    double[] counts = buckets.sums(values, value -> 1);
    HistogramProto.Builder histo =
        HistogramProto.newBuilder()
            .setMin(low)
            .setMax(high)
            .setNum(values.length)
            .setSum(Arrays.stream(values).sum())
            .setSumSquares(Arrays.stream(values).map(value -> value * value).sum());
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      histo.addBucketLimit(edges[bucket + 1]).addBucket(counts[bucket]);
    }
    return histo.build();
  }

  private void append(Event.Builder event) {
    byte[] bytes = event.setWallTime(System.currentTimeMillis() / 1e3).build().toByteArray();
    ByteBuffer framed =
        ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + bytes.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(bytes.length);
    framed.putInt(checksum(framed.array(), 0, Long.BYTES)).put(bytes);
    framed.putInt(checksum(bytes, 0, bytes.length));
    try {
      events.write(framed.array());
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be written", e);
    }
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  @Override
  public void close() {
    try {
      events.close();
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be written", e);
    }
  }
}
