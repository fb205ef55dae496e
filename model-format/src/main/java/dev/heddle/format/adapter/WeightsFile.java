package dev.heddle.format.adapter;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.adapter.ExpertTensors.ExpertSize;
import dev.heddle.format.model.ModelFamily;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.WeightNames;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A safetensors file of an adapter, laid out before any of its weights are read: tensors under
 * their full names, by layer, expert and matrix, shared experts as the one MLP that they are.
 */
public final class WeightsFile {
  /** The name of the index that belongs to more than one file. */
  public static final String INDEX = "model.safetensors.index.json";

  private static final List<String> MATRICES = List.of("gate", "up", "down");
  private static final int TENSORS_MAX = 50_000; // keeps a header far below what readers allow
  private static final int BUFFER_BYTES = 1 << 16;

  /** Where experts are read. */
  public interface Experts {
    /**
     * One expert.
     *
     * @param column 0..M-1 a routed expert, M..M+S-1 a shared one
     * @param arena how long the views are used
     */
    ExpertWeights open(int layer, int column, Arena arena) throws IOException;
  }

  private record Tensor(ExpertPart part, List<Integer> shape, long bytes) {}

  private final String name;
  private final ModelShape base;
  private final List<Tensor> tensors;
  private final byte[] header;

  private WeightsFile(String name, ModelShape base, List<Tensor> tensors) {
    this.name = name;
    this.base = base;
    this.tensors = tensors;
    this.header = header(base, tensors);
  }

  /**
   * The files of an adapter: {@code model.safetensors}, or {@code model-00001-of-0000N.safetensors}
   * and so on.
   *
   * @param base what it belongs to
   * @param bytesMax most bytes of weights in a file, unless a single tensor has more
   */
  public static List<WeightsFile> of(ExpertConfig config, ModelShape base, long bytesMax) {
    List<List<Tensor>> groups = new ArrayList<>();
    long bytes = 0;
    for (Tensor tensor : tensors(config, base)) {
      List<Tensor> last = groups.isEmpty() ? List.of() : groups.getLast();
      if (last.isEmpty() || bytes + tensor.bytes() > bytesMax || last.size() == TENSORS_MAX) {
        groups.add(new ArrayList<>());
        bytes = 0;
      }
      groups.getLast().add(tensor);
      bytes += tensor.bytes();
    }
    List<WeightsFile> files = new ArrayList<>();
    for (List<Tensor> group : groups) {
      String name =
          groups.size() == 1
              ? "model.safetensors"
              : "model-%05d-of-%05d.safetensors".formatted(files.size() + 1, groups.size());
      files.add(new WeightsFile(name, base, group));
    }
    return files;
  }

  private static List<Tensor> tensors(ExpertConfig config, ModelShape base) {
    ExpertSize size = ExpertSize.of(BaseExperts.of(base));
    List<Tensor> tensors = new ArrayList<>();
    for (int layer = 0; layer < base.layers(); layer++) {
      List<Integer> experts = new ArrayList<>(config.experts().getOrDefault(layer, List.of()));
      if (config.shared() && base.isMoe(layer)) {
        experts.add(ExpertPart.SHARED);
      }
      for (int expert : experts) {
        for (String matrix : MATRICES) {
          ExpertPart part = new ExpertPart(layer, expert, matrix);
          List<Integer> shape = size.shape(part);
          long bytes = (long) shape.getFirst() * shape.getLast() * base.dtype().bytes();
          tensors.add(new Tensor(part, shape, bytes));
        }
      }
    }
    return tensors;
  }

  private static byte[] header(ModelShape base, List<Tensor> tensors) {
    ObjectNode header = JsonMapper.shared().createObjectNode();
    header.putObject("__metadata__").put("format", "pt"); // what Hugging Face's loaders look for
    long at = 0;
    for (Tensor tensor : tensors) {
      ObjectNode entry =
          header.putObject(tensor.part().tensor(names(base))).put("dtype", base.dtype().name());
      tensor.shape().forEach(entry.putArray("shape")::add);
      entry.putArray("data_offsets").add(at).add(at + tensor.bytes());
      at += tensor.bytes();
    }
    byte[] json = JsonMapper.shared().writeValueAsBytes(header);
    int padded = Math.ceilDiv(json.length, Long.BYTES) * Long.BYTES; // weights begin aligned
    byte[] all = new byte[Long.BYTES + padded];
    Arrays.fill(all, (byte) ' ');
    ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
    return all;
  }

  /** The index that says which tensor is in which of several files, as JSON. */
  public static byte[] index(List<WeightsFile> files) {
    ObjectNode index = JsonMapper.shared().createObjectNode();
    index.putObject("metadata").put("total_size", files.stream().mapToLong(f -> f.data()).sum());
    ObjectNode map = index.putObject("weight_map");
    for (WeightsFile file : files) {
      file.tensors.forEach(tensor -> map.put(tensor.part().tensor(names(file.base)), file.name));
    }
    return JsonMapper.shared().writeValueAsBytes(index);
  }

  public String name() {
    return name;
  }

  /** Bytes of the whole file. */
  public long bytes() {
    return header.length + data();
  }

  private long data() {
    return tensors.stream().mapToLong(Tensor::bytes).sum();
  }

  /** Writes the file, tensor by tensor; no more than one layer's shared MLP is open at a time. */
  public void write(OutputStream out, Experts experts) throws IOException {
    out.write(header);
    byte[] buffer = new byte[BUFFER_BYTES];
    for (Tensor tensor : tensors) {
      ExpertPart part = tensor.part();
      try (Arena arena = Arena.ofConfined()) {
        List<MatrixData> columns = new ArrayList<>();
        for (int column : columns(part)) {
          columns.add(unpadded(part, column, experts.open(part.layer(), column, arena)));
        }
        if (part.matrix().equals("down")) {
          writeSideBySide(columns, out, buffer);
        } else {
          for (MatrixData column : columns) {
            writeSideBySide(List.of(column), out, buffer);
          }
        }
      }
    }
  }

  private List<Integer> columns(ExpertPart part) {
    if (part.expert() != ExpertPart.SHARED) {
      return List.of(part.expert());
    }
    List<Integer> columns = new ArrayList<>();
    for (int c = base.experts().routed(); c < base.experts().columns(); c++) {
      columns.add(c);
    }
    return columns;
  }

  /** The matrix of a column, without the zeros that fill up the last shared one. */
  private MatrixData unpadded(ExpertPart part, int column, ExpertWeights weights) {
    MatrixData matrix = matrix(weights, part.matrix());
    var experts = base.experts();
    int left = experts.sharedWidth() - (column - experts.routed()) * experts.intermediate();
    if (part.expert() != ExpertPart.SHARED || left >= experts.intermediate()) {
      return matrix;
    }
    return part.matrix().equals("down") ? matrix.columnSlice(0, left) : matrix.rowSlice(0, left);
  }

  private static WeightNames names(ModelShape base) {
    return ModelFamily.of(base).names();
  }

  private static MatrixData matrix(ExpertWeights weights, String matrix) {
    return switch (matrix) {
      case "gate" -> weights.gate();
      case "up" -> weights.up();
      default -> weights.down();
    };
  }

  /** Rows of several matrices, one after the other: the rows of the matrix that they make. */
  private static void writeSideBySide(List<MatrixData> matrices, OutputStream out, byte[] buffer)
      throws IOException {
    int filled = 0;
    for (int row = 0; row < matrices.getFirst().rows(); row++) {
      for (MatrixData matrix : matrices) {
        long bytes = (long) matrix.cols() * matrix.dtype().bytes();
        MemorySegment source = matrix.data().asSlice(row * matrix.rowStride(), bytes);
        for (long at = 0; at < bytes; ) {
          int count = (int) Math.min(buffer.length - filled, bytes - at);
          MemorySegment.copy(source, ValueLayout.JAVA_BYTE, at, buffer, filled, count);
          at += count;
          filled += count;
          if (filled == buffer.length) {
            out.write(buffer, 0, filled);
            filled = 0;
          }
        }
      }
    }
    out.write(buffer, 0, filled);
  }
}
