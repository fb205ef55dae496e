package dev.heddle.format.safetensors;

import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import dev.heddle.format.Violations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The JSON header of a safetensors file. The format asks that the tensors' bytes follow each other
 * without gaps or overlaps and fill the file; a header that says otherwise is refused.
 */
final class SafetensorsHeader {
  private static final int MAX_RANK = 16;

  private final String file;
  private final long dataStart;
  private final long dataBytes;
  private long needed;
  private final Violations violations;

  private SafetensorsHeader(String file, long dataStart, long dataBytes, Violations violations) {
    this.file = file;
    this.dataStart = dataStart;
    this.dataBytes = dataBytes;
    this.violations = violations;
  }

  /**
   * Reads a header.
   *
   * @param json its bytes, without the length before them
   * @param dataStart where the data begins in the file
   * @param dataBytes how much of it there is
   * @return its tensors in the order of their data
   * @throws FormatException with everything wrong
   */
  static List<TensorInfo> parse(byte[] json, String file, long dataStart, long dataBytes) {
    if (json.length == 0 || json[0] != '{') {
      throw new FormatException("bad-header", file, "the header does not begin with '{'");
    }
    JsonNode header = Json.parse(json, file);
    Violations violations = new Violations();
    List<TensorInfo> tensors =
        new SafetensorsHeader(file, dataStart, dataBytes, violations).read(header);
    violations.throwIfAny();
    return tensors;
  }

  private List<TensorInfo> read(JsonNode header) {
    List<TensorInfo> tensors = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (entry.getKey().equals("__metadata__")) {
        checkMetadata(entry.getValue());
      } else {
        TensorInfo tensor = tensor(entry.getKey(), entry.getValue());
        if (tensor != null) {
          tensors.add(tensor);
        }
      }
    }
    if (needed > dataBytes) {
      violations.add(
          "truncated-file",
          file,
          "it is cut short: its header tells of "
              + needed
              + " bytes of data, and "
              + dataBytes
              + " are there");
    }
    tensors.sort(
        Comparator.comparingLong(TensorInfo::offset)
            .thenComparingLong(TensorInfo::bytes)
            .thenComparing(TensorInfo::name));
    if (violations.isEmpty()) {
      checkLayout(tensors);
    }
    return tensors;
  }

  private void checkMetadata(JsonNode metadata) {
    if (!metadata.isObject() || !metadata.values().stream().allMatch(JsonNode::isString)) {
      refuse("bad-metadata", "__metadata__", "expected an object of strings");
    }
  }

  private @Nullable TensorInfo tensor(String name, JsonNode entry) {
    JsonNode dtype = entry.get("dtype");
    JsonNode shape = entry.get("shape");
    JsonNode offsets = entry.get("data_offsets");
    if (!entry.isObject() || dtype == null || shape == null || offsets == null) {
      return refuse("bad-header", name, "expected an object of dtype, shape and data_offsets");
    }
    ElementType type = dtype.isString() ? ElementType.find(dtype.stringValue()) : null;
    if (type == null) {
      return refuse("bad-dtype", name, "safetensors has no dtype " + dtype);
    }
    List<Long> sizes = naturals(shape);
    if (sizes == null || sizes.size() > MAX_RANK) {
      return refuse("bad-shape", name, "expected a list of sizes of 0 or more, found " + shape);
    }
    List<Long> range = naturals(offsets);
    if (range == null || range.size() != 2 || range.get(0) > range.get(1)) {
      return refuse("bad-offsets", name, "expected [begin, end], found " + offsets);
    }
    long begin = range.get(0);
    long bytes = range.get(1) - begin;
    long expected = bytes(sizes, type);
    if (expected != bytes) {
      String needs = expected < 0 ? "an impossible number of" : Long.toString(expected);
      return refuse(
          "bad-offsets",
          name,
          type + " " + sizes + " needs " + needs + " bytes, its offsets span " + bytes);
    }
    if (range.get(1) > dataBytes) {
      needed = Math.max(needed, range.get(1));
      return null; // told once for all of them
    }
    return new TensorInfo(name, type, sizes, dataStart + begin, bytes);
  }

  /** The numbers of a list if all are integers of 0 or more, else null. */
  private static @Nullable List<Long> naturals(JsonNode list) {
    if (!list.isArray()) {
      return null;
    }
    List<Long> found = new ArrayList<>();
    for (JsonNode item : list.values()) {
      if (!item.isIntegralNumber() || !item.canConvertToLong() || item.longValue() < 0) {
        return null;
      }
      found.add(item.longValue());
    }
    return found;
  }

  /** Bytes of a tensor, or -1 if they overflow or are not whole. */
  private static long bytes(List<Long> shape, ElementType type) {
    if (shape.contains(0L)) {
      return 0;
    }
    try {
      long bits = type.bits();
      for (long size : shape) {
        bits = Math.multiplyExact(bits, size);
      }
      return bits % 8 == 0 ? bits / 8 : -1;
    } catch (ArithmeticException e) {
      return -1;
    }
  }

  private void checkLayout(List<TensorInfo> tensors) {
    long end = dataStart;
    for (TensorInfo tensor : tensors) {
      if (tensor.offset() < end) {
        refuse("overlapping-data", tensor.name(), "its data overlaps another tensor's");
      } else if (tensor.offset() > end) {
        refuse(
            "gap-in-data",
            tensor.name(),
            (tensor.offset() - end) + " bytes before it belong to no tensor");
      }
      end = Math.max(end, tensor.offset() + tensor.bytes());
    }
    long rest = dataStart + dataBytes - end;
    if (rest > 0) {
      violations.add("gap-in-data", file, "its last " + rest + " bytes belong to no tensor");
    }
  }

  private @Nullable TensorInfo refuse(String code, String tensor, String message) {
    violations.add(code, file + ": " + tensor, message);
    return null;
  }
}
