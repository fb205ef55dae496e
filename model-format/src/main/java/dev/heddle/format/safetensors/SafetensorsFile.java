package dev.heddle.format.safetensors;

import dev.heddle.format.FormatException;
import dev.heddle.format.InputFile;
import dev.heddle.format.Json;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * One safetensors file, mapped read-only: eight bytes of header length (little-endian), a JSON
 * header, data. The header is checked in full before anything is handed out. Any thread may read;
 * views are valid until {@link #close()}.
 */
public final class SafetensorsFile implements AutoCloseable {
  private final String name;
  private final SequencedMap<String, TensorInfo> tensors;
  private final MemorySegment mapped;
  private final Arena arena;

  private SafetensorsFile(
      String name, SequencedMap<String, TensorInfo> tensors, MemorySegment mapped, Arena arena) {
    this.name = name;
    this.tensors = tensors;
    this.mapped = mapped;
    this.arena = arena;
  }

  /**
   * Opens and checks a file.
   *
   * @throws FormatException with everything wrong; nothing stays open then
   */
  public static SafetensorsFile open(Path path) {
    String name = String.valueOf(path.getFileName());
    if (!Files.isRegularFile(path)) {
      throw new FormatException("unreadable-file", name, "this is not a file");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      SequencedMap<String, TensorInfo> tensors = new LinkedHashMap<>();
      for (TensorInfo tensor : readHeader(channel, name)) {
        tensors.put(tensor.name(), tensor);
      }
      Arena arena = Arena.ofShared();
      MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      return new SafetensorsFile(name, tensors, mapped, arena);
    } catch (IOException e) {
      throw new FormatException("unreadable-file", name, "it cannot be read: " + e.getMessage());
    }
  }

  private static List<TensorInfo> readHeader(FileChannel channel, String name) throws IOException {
    long size = channel.size();
    if (size == 0) {
      throw InputFile.empty(name);
    }
    if (size < 8) {
      throw new FormatException(
          "truncated-file", name, "it has " + size + " bytes, fewer than a header's length takes");
    }
    long length = read(channel, 0, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > Json.LISTING_BYTES) {
      throw new FormatException(
          "bad-header",
          name,
          "its header is said to have "
              + Long.toUnsignedString(length)
              + " bytes; 2 to "
              + Json.LISTING_BYTES
              + " are allowed");
    }
    if (length > size - 8) {
      throw new FormatException(
          "truncated-file", name, "its header has " + length + " bytes, the file " + size);
    }
    byte[] json = read(channel, 8, (int) length).array();
    return SafetensorsHeader.parse(json, name, 8 + length, size - 8 - length);
  }

  private static ByteBuffer read(FileChannel channel, long from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new IOException("the file became shorter");
      }
    }
    return buffer.flip();
  }

  /** The file's name, without its folder. */
  public String name() {
    return name;
  }

  /** Tensors by name, in the order of their data. */
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** A tensor's bytes, little-endian, of any alignment. */
  public MemorySegment data(String tensor) {
    TensorInfo info = tensors.get(tensor);
    if (info == null) {
      throw new IllegalArgumentException("no such tensor: " + tensor);
    }
    return mapped.asSlice(info.offset(), info.bytes());
  }

  /** Gives back the memory of everything that was read; views stay valid. */
  void release() {
    mapped.unload();
  }

  @Override
  public void close() {
    arena.close();
  }
}
