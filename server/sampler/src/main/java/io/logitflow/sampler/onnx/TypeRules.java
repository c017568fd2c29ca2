package io.logitflow.sampler.onnx;

import static io.logitflow.sampler.onnx.ElementType.BOOL;
import static io.logitflow.sampler.onnx.ElementType.FLOAT16;
import static io.logitflow.sampler.onnx.ElementType.FLOAT32;
import static io.logitflow.sampler.onnx.ElementType.INT32;
import static io.logitflow.sampler.onnx.ElementType.INT64;
import static io.logitflow.sampler.onnx.ElementType.INT8;
import static io.logitflow.sampler.onnx.ElementType.UINT8;

import io.logitflow.sampler.onnx.Attribute.Body;
import io.logitflow.sampler.onnx.Attribute.Wholes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/** Element types and shapes of the operators' results, and what they refuse. */
final class TypeRules {
  /** How often the body of a loop ran before. */
  private static final TensorType ITERATION = new TensorType(INT64, Shape.of(1));

  private static final TensorType CONDITION = new TensorType(BOOL, Shape.of());

  private TypeRules() {}

  static List<TensorType> unary(Application application) {
    application.requireElementType(0, FLOAT32);
    return List.of(application.input(0).type());
  }

  static List<TensorType> arithmetic(Application application) {
    ElementType type = application.elementType(0);
    if (type != INT32) {
      application.requireElementType(0, FLOAT32);
    }
    application.requireElementType(1, type);
    return result(type, application.shape(0).broadcast(application.shape(1)));
  }

  /** Of floats alone: the division of an integer by zero ends a process. */
  static List<TensorType> division(Application application) {
    application.requireElementType(0, FLOAT32);
    return arithmetic(application);
  }

  static List<TensorType> comparison(Application application) {
    application.requireElementType(1, application.elementType(0));
    return result(BOOL, application.shape(0).broadcast(application.shape(1)));
  }

  static List<TensorType> where(Application application) {
    application.requireElementType(0, BOOL);
    application.requireElementType(2, application.elementType(1));
    Shape branches = application.shape(1).broadcast(application.shape(2));
    return result(application.elementType(1), application.shape(0).broadcast(branches));
  }

  static List<TensorType> cast(Application application) {
    return result(ElementType.ofCode(application.whole("to", 0)), application.shape(0));
  }

  static List<TensorType> clip(Application application) {
    for (int index = 0; index < 3; index++) {
      application.requireElementType(index, FLOAT32);
    }
    application.requireRank(1, 0);
    application.requireRank(2, 0);
    return List.of(application.input(0).type());
  }

  static List<TensorType> gather(Application application) {
    if (application.elementType(1) != INT64) {
      application.requireElementType(1, INT32);
    }
    int axis = application.axis(application.whole("axis", 0));
    List<Long> sizes = new ArrayList<>(application.shape(0).sizes());
    sizes.remove(axis);
    sizes.addAll(axis, application.shape(1).sizes());
    return result(application.elementType(0), new Shape(sizes));
  }

  static List<TensorType> gatherElements(Application application) {
    application.requireElementType(1, INT32);
    int axis = application.axis(application.whole("axis", 0));
    Shape indices = application.shape(1);
    application.requireRank(0, indices.rank());
    if (!application.shape(0).with(axis, indices.size(axis)).equals(indices)) {
      throw new IllegalArgumentException(
          application.input(1) + " does not index " + application.input(0));
    }
    return result(application.elementType(0), indices);
  }

  static List<TensorType> transpose(Application application) {
    Wholes permutation = (Wholes) application.attributes().get("perm");
    List<Long> order = permutation == null ? List.of() : permutation.values();
    Shape shape = application.shape(0);
    if (!order.stream()
        .sorted()
        .toList()
        .equals(LongStream.range(0, shape.rank()).boxed().toList())) {
      throw new IllegalArgumentException(
          order + " is no order of the axes of " + application.input(0));
    }
    return result(
        application.elementType(0),
        new Shape(order.stream().map(axis -> shape.size(axis.intValue())).toList()));
  }

  static List<TensorType> gemm(Application application) {
    for (int index = 0; index < application.inputs().size(); index++) {
      application.requireElementType(index, FLOAT32);
    }
    application.requireRank(0, 2);
    application.requireRank(1, 2);
    Shape right = application.shape(1);
    boolean transposed = application.whole("transB", 0) != 0;
    Shape product =
        product(application, transposed ? Shape.of(right.size(1), right.size(0)) : right);
    if (application.inputs().size() == 3
        && !product.broadcast(application.shape(2)).equals(product)) {
      throw new IllegalArgumentException(
          application.input(2) + " does not broadcast to " + product);
    }
    return result(FLOAT32, product);
  }

  static List<TensorType> matMul(Application application) {
    ElementType type = application.elementType(0);
    if (type != FLOAT16) {
      application.requireElementType(0, FLOAT32);
    }
    application.requireElementType(1, type);
    return result(type, stackedProduct(application));
  }

  static List<TensorType> matMulInteger(Application application) {
    application.requireElementType(0, UINT8);
    application.requireElementType(1, INT8);
    application.requireElementType(2, UINT8);
    application.requireRank(2, 0);
    return result(INT32, stackedProduct(application));
  }

  static List<TensorType> quantize(Application application) {
    application.requireElementType(0, FLOAT32);
    application.requireElementType(1, FLOAT32);
    application.requireElementType(2, UINT8);
    application.requireRank(1, 0);
    application.requireRank(2, 0);
    return result(UINT8, application.shape(0));
  }

  private static Shape stackedProduct(Application application) {
    if (application.shape(0).rank() < 2) {
      throw new IllegalArgumentException(application.input(0) + " has fewer than two axes");
    }
    application.requireRank(1, 2);
    return product(application, application.shape(1));
  }

  private static Shape product(Application application, Shape right) {
    Shape left = application.shape(0);
    int inner = left.rank() - 1;
    if (left.size(inner) != right.size(0) || left.size(inner) < 0) {
      throw new IllegalArgumentException(
          application.input(0) + " times " + application.input(1) + " has no product");
    }
    return left.with(inner, right.size(1));
  }

  static List<TensorType> reduceMax(Application application) {
    Wholes axes = (Wholes) application.attributes().get("axes");
    return reduced(application, axes == null ? List.of() : axes.values());
  }

  static List<TensorType> reduceSum(Application application) {
    return reduced(application, application.input(1).integers());
  }

  private static List<TensorType> reduced(Application application, List<Long> axes) {
    application.requireElementType(0, FLOAT32);
    List<Integer> gone = axes.stream().map(application::fixedAxis).toList();
    requireDistinct(gone);
    boolean keep = application.whole("keepdims", 1) != 0;
    List<Long> sizes = new ArrayList<>();
    for (int axis = 0; axis < application.shape(0).rank(); axis++) {
      if (!gone.contains(axis)) {
        sizes.add(application.shape(0).size(axis));
      } else if (keep) {
        sizes.add(1L);
      }
    }
    return result(FLOAT32, new Shape(sizes));
  }

  static List<TensorType> cumSum(Application application) {
    application.requireElementType(0, FLOAT32);
    for (long axis : application.input(1).integers()) {
      application.fixedAxis(axis);
    }
    return List.of(application.input(0).type());
  }

  static List<TensorType> topK(Application application) {
    application.requireElementType(0, FLOAT32);
    int axis = application.fixedAxis(application.whole("axis", 0));
    List<Long> count = application.input(1).integers();
    if (count.size() != 1 || count.get(0) > application.shape(0).size(axis)) {
      throw new IllegalArgumentException(
          count + " is no number of elements of " + application.input(0) + " along axis " + axis);
    }
    Shape largest = application.shape(0).with(axis, count.get(0));
    return List.of(new TensorType(FLOAT32, largest), new TensorType(INT64, largest));
  }

  static List<TensorType> concat(Application application) {
    int axis = application.fixedAxis(application.whole("axis", 0));
    Shape first = application.shape(0);
    long total = 0;
    for (int index = 0; index < application.inputs().size(); index++) {
      application.requireElementType(index, application.elementType(0));
      application.requireRank(index, first.rank());
      long size = application.shape(index).size(axis);
      if (!application.shape(index).equals(first.with(axis, size))) {
        throw new IllegalArgumentException(
            application.input(index) + " does not join " + application.input(0));
      }
      total += size;
    }
    return result(application.elementType(0), first.with(axis, total));
  }

  static List<TensorType> split(Application application) {
    int axis = application.fixedAxis(application.whole("axis", 0));
    List<Long> sizes = application.input(1).integers();
    long total = sizes.stream().reduce(0L, Math::addExact);
    if (sizes.stream().anyMatch(size -> size < 1) || total != application.shape(0).size(axis)) {
      throw new IllegalArgumentException(application.input(0) + " does not split into " + sizes);
    }
    return sizes.stream()
        .map(
            size ->
                new TensorType(application.elementType(0), application.shape(0).with(axis, size)))
        .toList();
  }

  static List<TensorType> slice(Application application) {
    List<Long> starts = application.input(1).integers();
    List<Long> ends = application.input(2).integers();
    List<Long> axes = application.input(3).integers();
    if (starts.size() != axes.size() || ends.size() != axes.size()) {
      throw new IllegalArgumentException(
          "starts " + starts + ", ends " + ends + " and axes " + axes + " differ in number");
    }
    requireDistinct(axes.stream().map(application::fixedAxis).toList());
    Shape shape = application.shape(0);
    for (int index = 0; index < axes.size(); index++) {
      int axis = application.fixedAxis(axes.get(index));
      long start = starts.get(index);
      long end = ends.get(index);
      if (start < 0 || start >= end || end > shape.size(axis)) {
        throw new IllegalArgumentException(
            start + " to " + end + " along axis " + axis + " of " + application.input(0));
      }
      shape = shape.with(axis, end - start);
    }
    return result(application.elementType(0), shape);
  }

  static List<TensorType> reshape(Application application) {
    application.requireElementType(1, INT64);
    List<Long> target = application.input(1).sizes();
    Shape source = application.shape(0);
    long known = new Shape(target.stream().filter(size -> size != Shape.BATCH).toList()).elements();
    long rest = source.elements() / known;
    boolean fits =
        target.stream().filter(size -> size < 1).count() == source.unknown()
            && known * rest == source.elements()
            && (source.isRows() || rest == 1);
    if (!fits) {
      throw new IllegalArgumentException(
          application.input(0) + " does not reshape to " + Shape.text(target));
    }
    long open = source.isRows() ? rest * Shape.BATCH : Shape.BETAS;
    return result(
        application.elementType(0),
        new Shape(target.stream().map(size -> size == Shape.BATCH ? open : size).toList()));
  }

  static List<TensorType> loop(Application application) {
    long trips = trips(application.input(0));
    Body body = (Body) Objects.requireNonNull(application.attributes().get("body"));
    List<TensorType> carried = application.inputs().stream().skip(1).map(Operand::type).toList();
    List<TensorType> read = new ArrayList<>(List.of(ITERATION, CONDITION));
    read.addAll(carried);
    if (!body.inputs().equals(read)) {
      throw new IllegalArgumentException("a body that reads " + body.inputs() + ", not " + read);
    }
    List<TensorType> kept = new ArrayList<>(List.of(CONDITION));
    kept.addAll(carried);
    int count = Math.min(kept.size(), body.outputs().size());
    if (!body.outputs().subList(0, count).equals(kept)) {
      throw new IllegalArgumentException(
          "a body that returns " + body.outputs() + ", not first " + kept);
    }
    List<TensorType> results = new ArrayList<>(carried);
    for (TensorType scanned : body.outputs().subList(count, body.outputs().size())) {
      List<Long> sizes = new ArrayList<>(List.of(trips));
      sizes.addAll(scanned.shape().sizes());
      results.add(new TensorType(scanned.elementType(), new Shape(sizes)));
    }
    if (results.isEmpty()) {
      throw new IllegalArgumentException("a body that returns nothing");
    }
    return results;
  }

  private static long trips(Operand operand) {
    List<Long> trips = operand.integers();
    if (trips.size() != 1 || trips.get(0) < 1 || trips.get(0) > ModelBounds.MOST_TRIPS) {
      throw new IllegalArgumentException(
          trips + " is no number of times from 1 to " + ModelBounds.MOST_TRIPS);
    }
    return trips.get(0);
  }

  static List<TensorType> shape(Application application) {
    return result(INT64, Shape.of(application.shape(0).rank()));
  }

  static List<TensorType> expand(Application application) {
    application.requireElementType(1, INT64);
    Operand operand = application.input(1);
    // -1 is the batch in sizes that Shape measured; in a constant it would mean nothing.
    Shape target = new Shape(operand.isMeasured() ? operand.sizes() : operand.integers());
    if (target.isBatched() && !operand.isMeasured()) {
      throw new IllegalArgumentException(operand + " is no shape to expand to");
    }
    return result(application.elementType(0), application.shape(0).broadcast(target));
  }

  private static void requireDistinct(List<Integer> axes) {
    if (axes.stream().distinct().count() != axes.size()) {
      throw new IllegalArgumentException("axes " + axes + " are not distinct");
    }
  }

  private static List<TensorType> result(ElementType elementType, Shape shape) {
    return List.of(new TensorType(elementType, shape));
  }
}
