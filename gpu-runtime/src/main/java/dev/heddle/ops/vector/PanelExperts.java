package dev.heddle.ops.vector;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.PackedWeights;
import dev.heddle.ops.Require;
import dev.heddle.ops.WeightFormat;
import dev.heddle.ops.memory.NativeMemory;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Slots of experts as panels. A slot holds panel 0 of gate, panel 0 of up, panel 1 of gate and so
 * on, so that an expert's first half is one stream, and then the panels of down. Slots begin at
 * pages, which are committed when a slot is filled and given back when it is cleared.
 */
final class PanelExperts implements ExpertPool {
  private static final long PAGE = 4096;
  private static final long HUGE_PAGE = 2L << 20;

  private final int slots;
  private final int hidden;
  private final int intermediate;
  private final WeightFormat wanted;
  private final WeightFormat format;
  private final long bytes;
  private final long slotBytes;
  private final NativeMemory memory;
  private final AtomicIntegerArray filled;

  PanelExperts(int slots, int hidden, int intermediate, WeightFormat wanted) {
    this.slots = slots;
    this.hidden = hidden;
    this.intermediate = intermediate;
    this.wanted = wanted;
    format = PanelMatrix.format(PanelMatrix.format(wanted, hidden), intermediate);
    bytes =
        2 * PanelMatrix.bytes(intermediate, hidden, format)
            + PanelMatrix.bytes(hidden, intermediate, format);
    slotBytes = Math.ceilDiv(bytes, PAGE) * PAGE;
    memory = NativeMemory.reserve(slots * slotBytes, slotBytes >= HUGE_PAGE);
    filled = new AtomicIntegerArray(slots);
  }

  @Override
  public int slots() {
    return slots;
  }

  @Override
  public long slotBytes() {
    return slotBytes;
  }

  int hidden() {
    return hidden;
  }

  int intermediate() {
    return intermediate;
  }

  WeightFormat format() {
    return format;
  }

  /** Whether a slot may be read; false for numbers that are no slot's. */
  boolean isFilled(int slot) {
    return slot >= 0 && slot < slots && filled.get(slot) == 1;
  }

  /** Panel {@code 2p} is gate's panel p, {@code 2p + 1} is up's. */
  long gateUpPanel(int slot, int panel) {
    return memory.address() + slot * slotBytes + panel * PanelMatrix.panelBytes(hidden, format);
  }

  long downPanel(int slot, int panel) {
    return gateUpPanel(slot, 2 * PanelMatrix.panels(intermediate))
        + panel * PanelMatrix.panelBytes(intermediate, format);
  }

  /**
   * Packs an expert into a slot.
   *
   * @param kept asked for the slot first
   */
  void fill(int slot, ExpertWeights weights, PackedWeights kept) {
    StoredRows gate = stored("gate", weights.gate(), intermediate, hidden);
    StoredRows up = stored("up", weights.up(), intermediate, hidden);
    StoredRows down = stored("down", weights.down(), hidden, intermediate);
    Require.that(slot >= 0 && slot < slots, "expert pool", "has no such slot");
    if (!kept.fill("slot " + slot, gateUpPanel(slot, 0), bytes)) {
      pack(slot, gate, up, down);
    }
    filled.set(slot, 1);
  }

  private void pack(int slot, StoredRows gate, StoredRows up, StoredRows down) {
    for (int p = 0; p < PanelMatrix.panels(intermediate); p++) {
      PanelPacker.pack(gate, p, format, gateUpPanel(slot, 2 * p));
      PanelPacker.pack(up, p, format, gateUpPanel(slot, 2 * p + 1));
    }
    for (int p = 0; p < PanelMatrix.panels(hidden); p++) {
      PanelPacker.pack(down, p, format, downPanel(slot, p));
    }
  }

  private StoredRows stored(String name, MatrixData data, int rows, int cols) {
    Require.that(data.rows() == rows && data.cols() == cols, name, "is not of the pool's size");
    StoredRows stored = StoredRows.stacked(name, List.of(data));
    VectorMemory.requireFits(name, stored, wanted);
    return stored;
  }

  void clear(int slot) {
    filled.set(slot, 0);
    memory.giveBack(slot * slotBytes, slotBytes);
  }

  void close() {
    memory.close();
  }
}
