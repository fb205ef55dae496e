package dev.heddle.tornado;

import dev.heddle.format.ExpertWeights;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** One expert in a slot: panels of gate over up, [2 * I][H], then those of down, [H][I]. */
record ExpertPanels(PanelLayout gateUp, PanelLayout down) {
  static ExpertPanels of(int hidden, int intermediate, boolean bf16, int lanes) {
    return new ExpertPanels(
        new PanelLayout(2 * intermediate, hidden, bf16, lanes),
        new PanelLayout(hidden, intermediate, bf16, lanes));
  }

  int words() {
    return Math.addExact(gateUp.words(), down.words());
  }

  /** First word of down in a slot. */
  int downAt() {
    return gateUp.words();
  }

  /** Writes an expert to the start of {@code target}. */
  void pack(ExpertWeights weights, MemorySegment target) {
    PanelRows wide = PanelRows.stacked("an expert", List.of(weights.gate(), weights.up()));
    PanelRows narrow = PanelRows.stacked("an expert", List.of(weights.down()));
    gateUp.pack(wide.reader(), 0, gateUp.panels(), target);
    down.pack(narrow.reader(), 0, down.panels(), target.asSlice(4L * downAt()));
  }
}
