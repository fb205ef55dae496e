package dev.heddle.ops.vector;

import dev.heddle.ops.HeadMatrix;
import java.util.List;

/** One {@link PanelMatrix} a head. */
record HeadPanels(List<PanelMatrix> parts) implements HeadMatrix {
  @Override
  public int heads() {
    return parts.size();
  }

  @Override
  public int rows() {
    return parts.getFirst().rows();
  }

  @Override
  public int cols() {
    return parts.getFirst().cols();
  }
}
