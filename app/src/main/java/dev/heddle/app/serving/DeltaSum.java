package dev.heddle.app.serving;

import dev.heddle.runtime.FinishReason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A choice's deltas added up to one. */
final class DeltaSum {
  private final int choice;
  private final StringBuilder text = new StringBuilder();
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
    text.append(delta.text());
    finish = delta.finish();
  }

  Delta sum() {
    return new Delta(choice, true, 0, Arrays.copyOf(offsets, count), text.toString(), finish);
  }
}
