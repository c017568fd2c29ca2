package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a model comes from, as each of its graphs says in ONNX's metadata.
 *
 * @param producerVersion version of LogitFlow that exports it
 * @param metadata what else is known, by key
 */
public record GraphOrigin(String producerVersion, SortedMap<String, String> metadata) {
  /** Copies the metadata. */
  public GraphOrigin {
    metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
  }

  OnnxGraph finish(GraphBuilder graph) {
    return graph.build(producerVersion, metadata);
  }
}
