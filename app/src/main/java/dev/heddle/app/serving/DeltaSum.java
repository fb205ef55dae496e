package dev.heddle.app.serving;

import dev.heddle.app.speech.Piece;
import dev.heddle.runtime.FinishReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A choice's deltas added up to one. */
final class DeltaSum {
  /** Pieces are joined when there are more, so that they take little more than their text. */
  private static final int PIECES_MAX = 1024;

  private final int choice;
  private final List<Piece> said = new ArrayList<>();
  private int[] offsets = new int[16];
  private int count;
  private @Nullable FinishReason finish;

  DeltaSum(int choice) {
    this.choice = choice;
  }

  void add(Delta delta) {
    int added = delta.offsets().length;
    if (count + added > offsets.length) {
      offsets = Arrays.copyOf(offsets, Math.max(count + added, offsets.length * 2));
    }
    System.arraycopy(delta.offsets(), 0, offsets, count, added);
    count += added;
    said.addAll(delta.said());
    if (said.size() > PIECES_MAX) {
      List<Piece> joined = Piece.joined(said);
      said.clear();
      said.addAll(joined);
    }
    finish = delta.finish();
  }

  Delta sum() {
    return new Delta(choice, true, 0, Arrays.copyOf(offsets, count), Piece.joined(said), finish);
  }
}
