package dev.heddle.tornado;

import dev.heddle.ops.CacheShape;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.HeadMatrix;
import dev.heddle.ops.KvCache;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Require;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.RowTable;
import dev.heddle.ops.Tensor;
import org.jspecify.annotations.Nullable;

/** What callers hold: places in the device's arenas and buffers. */
final class DeviceHandles {
  private DeviceHandles() {}

  /** Where a tensor's elements are. */
  enum Kind {
    FLOATS,
    INTS
  }

  /** [rows][cols] from element {@code at} of its arena on. */
  record Place(String name, int rows, int cols, Kind kind, int at) implements Tensor {
    int elements() {
      return rows * cols;
    }
  }

  /** W[rows][cols] of one or more heads, in panels. */
  record Panels(int heads, int rows, int cols, boolean bf16, int buffer, int at, int headWords)
      implements Matrix, HeadMatrix {}

  /** Rows one after the other. */
  record Table(int rows, int cols, boolean bf16, int buffer, int at, int rowWords)
      implements RowTable {}

  /** Layers {@code first} and up of the cache lie in one buffer. */
  record Cache(CacheShape shape, int blocks, int blockTokens, int layersPerBuffer, int firstBuffer)
      implements KvCache {
    int layers() {
      return shape.layers();
    }

    /** Floats of a block in one layer. */
    int blockFloats() {
      return blockTokens * shape.groups() * shape.width();
    }

    int buffers() {
      return Math.ceilDiv(layers(), layersPerBuffer);
    }

    int buffer(int layer) {
      return firstBuffer + layer / layersPerBuffer;
    }

    /** First float of a layer in its buffer. */
    int at(int layer) {
      return layer % layersPerBuffer * blocks * blockFloats();
    }
  }

  /** Expert slots; see {@link SlotDirectory} for where they are. */
  record Pool(SlotDirectory directory, ExpertPanels layout) implements ExpertPool {
    @Override
    public int slots() {
      return directory.slots();
    }

    @Override
    public long slotBytes() {
      return (long) layout.words() * Integer.BYTES;
    }
  }

  /**
   * Routing of a batch.
   *
   * @param at first of its ints, see {@code RouteKernels}
   * @param activations of the experts: [pairs][2 * I]
   * @param outputs of the experts: [pairs][H]
   */
  record Routed(
      RouteRule rule,
      int tokens,
      int at,
      Place picks,
      Place weights,
      Place slots,
      Place activations,
      Place outputs)
      implements Routing {
    int pairs() {
      return tokens * rule.perToken();
    }
  }

  /** The place of a tensor that an operation may go without. */
  static @Nullable Place floatsIfAny(@Nullable Tensor tensor) {
    return tensor == null ? null : floatsOf(tensor);
  }

  static Place floatsOf(Tensor tensor) {
    return of(tensor, Kind.FLOATS);
  }

  static Place intsOf(Tensor tensor) {
    return of(tensor, Kind.INTS);
  }

  private static Place of(Tensor tensor, Kind kind) {
    Place place = (Place) tensor;
    Require.that(place.kind == kind, place.name, "is of another kind than the operation takes");
    return place;
  }
}
