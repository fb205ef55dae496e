package uk.ac.manchester.tornado.api;

import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;

/**
 * A work-item's place in its grid and its ways to work with its group. The one that is given to a
 * task as an argument stands for one per work-item, which the kernel sees.
 */
public class KernelContext {
  /** This work-item among all of the task. */
  public final Integer globalIdx;

  /** This work-item in its group. */
  public final Integer localIdx;

  /** The group among all of the task. */
  public final Integer groupIdx;

  /** Work-items of a group. */
  public final Integer localGroupSizeX;

  /** Work-items of the task. */
  public final Integer globalGroupSizeX;

  private final @Nullable WorkGroup group;
  private int allocated;

  public KernelContext() {
    this(null, 0, 0, 0, 0);
  }

  KernelContext(@Nullable WorkGroup group, int groupIdx, int localIdx, int local, int global) {
    this.group = group;
    this.groupIdx = groupIdx;
    this.localIdx = localIdx;
    this.globalIdx = groupIdx * local + localIdx;
    this.localGroupSizeX = local;
    this.globalGroupSizeX = global;
  }

  /** Waits for the whole group; what any of it has written to local memory is then seen by all. */
  public void localBarrier() {
    group().barrier(localIdx);
  }

  /** Waits for the whole group (not for other groups), whose writes to arrays are then seen. */
  public void globalBarrier() {
    group().barrier(localIdx);
  }

  /** An array shared by the group, the same for the n-th such call of each of its work-items. */
  public float[] allocateFloatLocalArray(int size) {
    return group().share(allocated++, float[].class, size);
  }

  /** An array shared by the group, the same for the n-th such call of each of its work-items. */
  public int[] allocateIntLocalArray(int size) {
    return group().share(allocated++, int[].class, size);
  }

  private WorkGroup group() {
    if (group == null) {
      throw new TornadoRuntimeException("a kernel context is of use only within a task");
    }
    return group;
  }
}
