package dev.heddle.format.safetensors;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes safetensors files as Hugging Face's libraries do: data in the order given, no gaps. */
public final class SafetensorsWriter {
  private static final int BUFFER = 1 << 16;

  private SafetensorsWriter() {}

  /** A tensor to write; the content must have as many bytes as type and shape say. */
  public record Tensor(String name, ElementType type, List<Integer> shape, Content content) {
    public Tensor {
      shape = List.copyOf(shape);
    }

    /** Bytes of the tensor. */
    public long bytes() {
      return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact)
          * type.bits()
          / 8;
    }
  }

  /** Where a tensor's bytes come from. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;

    /** Bytes copied from memory. */
    static Content of(MemorySegment data) {
      return out -> {
        byte[] buffer = new byte[BUFFER];
        for (long at = 0; at < data.byteSize(); at += buffer.length) {
          int count = (int) Math.min(buffer.length, data.byteSize() - at);
          MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, buffer, 0, count);
          out.write(buffer, 0, count);
        }
      };
    }
  }

  /** Writes one file, over an existing one. */
  public static void write(Path file, List<Tensor> tensors) throws IOException {
    JsonMapper mapper = JsonMapper.shared();
    ObjectNode header = mapper.createObjectNode();
    header.set("__metadata__", mapper.valueToTree(Map.of("format", "pt")));
    long end = 0;
    for (Tensor tensor : tensors) {
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", tensor.type().name());
      tensor.shape().forEach(entry.putArray("shape")::add);
      long begin = end;
      end += tensor.bytes();
      entry.putArray("data_offsets").add(begin).add(end);
    }
    String json = mapper.writeValueAsString(header);
    byte[] padded = (json + " ".repeat(-json.length() & 7)).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(padded.length).array());
      out.write(padded);
      for (Tensor tensor : tensors) {
        tensor.content().writeTo(out);
      }
    }
  }
}
