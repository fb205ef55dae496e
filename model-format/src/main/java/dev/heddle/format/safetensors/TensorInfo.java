package dev.heddle.format.safetensors;

import java.util.List;

/**
 * Where a tensor lies in its file.
 *
 * @param shape sizes of its dimensions, each &ge; 0; empty for a scalar
 * @param offset of its first byte from the start of the file, of any alignment
 * @param bytes how many it has: elements times the type's size
 */
public record TensorInfo(String name, ElementType type, List<Long> shape, long offset, long bytes) {
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Whether the shape is exactly this. */
  public boolean hasShape(List<Integer> expected) {
    return shape.equals(expected.stream().map(Integer::longValue).toList());
  }
}
