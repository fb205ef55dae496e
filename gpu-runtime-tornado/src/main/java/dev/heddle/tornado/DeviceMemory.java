package dev.heddle.tornado;

import dev.heddle.ops.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The device's buffers. The host side of each is address space only: nothing is ever uploaded from
 * it, and of what is read back, only the pages read are committed.
 */
final class DeviceMemory implements AutoCloseable {
  /** Name of the graph that makes the buffers. */
  static final String INIT = "init";

  private static final int NOTHING = 32;

  private final List<NativeMemory> hosts = new ArrayList<>();
  private long bytes;

  /** Activations, tables, logits. */
  final FloatArray floats;

  /** Inputs of a step, expert map, routing, descriptors of tasks. */
  final IntArray ints;

  /** Weights: buffers of dense layers, slabs of experts; of pairs of bf16 or of floats. */
  final List<TornadoNativeArray> weights;

  /** In place of a weights buffer of the other kind, never read: no array may be passed twice. */
  private final IntArray noPairs;

  private final FloatArray noSingles;

  /** KV cache. */
  final List<FloatArray> keys;

  DeviceMemory(int floats, int ints, List<WeightBuffers.Buffer> weights, List<Integer> keyFloats) {
    this.floats = floats(floats);
    this.ints = ints(ints);
    this.weights = weights.stream().map(this::weights).toList();
    this.noPairs = ints(NOTHING);
    this.noSingles = floats(NOTHING);
    this.keys = keyFloats.stream().map(this::floats).toList();
  }

  private TornadoNativeArray weights(WeightBuffers.Buffer buffer) {
    return buffer.bf16() ? ints(buffer.words()) : floats(buffer.words());
  }

  /** A buffer as pairs of bf16. */
  IntArray pairs(int buffer) {
    return weights.get(buffer) instanceof IntArray pairs ? pairs : noPairs;
  }

  /** A buffer as floats. */
  FloatArray singles(int buffer) {
    return weights.get(buffer) instanceof FloatArray singles ? singles : noSingles;
  }

  private FloatArray floats(int size) {
    return FloatArray.fromSegmentShallow(host(size));
  }

  private IntArray ints(int size) {
    return IntArray.fromSegmentShallow(host(size));
  }

  private MemorySegment host(int elements) {
    long size = TornadoNativeArray.ARRAY_HEADER + 4L * elements;
    NativeMemory memory = NativeMemory.reserve(size, false);
    hosts.add(memory);
    bytes += 4L * elements;
    return memory.slice(0, size);
  }

  /** Bytes on the device. */
  long bytes() {
    return bytes;
  }

  /** Every buffer that stays on the device. */
  List<Object> all() {
    List<Object> all = new ArrayList<>(weights);
    all.addAll(keys);
    all.add(floats);
    all.add(ints);
    all.add(noPairs);
    all.add(noSingles);
    return all;
  }

  /**
   * A graph that goes on with every buffer, to which tasks are added. All graphs share all buffers,
   * whichever they touch: TornadoVM hands them on from the graph that ran last.
   */
  TaskGraph consuming(String name) {
    return new TaskGraph(name).consumeFromDevice(INIT, all().toArray());
  }

  /** The graph, complete: it keeps every buffer, any of which may be read after it. */
  ImmutableTaskGraph keeping(TaskGraph graph) {
    return graph.persistOnDevice(all().toArray()).snapshot();
  }

  @Override
  public void close() {
    hosts.forEach(NativeMemory::close);
  }
}
