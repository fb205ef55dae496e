package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Kernels that the tests of the emulator run. */
final class TestKernels {
  private TestKernels() {}

  static void copy(KernelContext context, FloatArray from, FloatArray to) {
    int i = context.globalIdx;
    if (i < from.getSize()) {
      to.set(i, from.get(i));
    }
  }

  /** Sums each group's elements as a tree in local memory. */
  static void sum(KernelContext context, FloatArray from, FloatArray sums) {
    int local = context.localIdx;
    float[] shared = context.allocateFloatLocalArray(context.localGroupSizeX);
    shared[local] = from.get(context.globalIdx);
    context.localBarrier();
    for (int half = context.localGroupSizeX / 2; half > 0; half /= 2) {
      if (local < half) {
        shared[local] += shared[local + half];
      }
      context.localBarrier();
    }
    if (local == 0) {
      sums.set(context.groupIdx, shared[0]);
    }
  }

  static void places(KernelContext context, IntArray places) {
    int i = context.globalIdx * 5;
    places.set(i, context.globalIdx);
    places.set(i + 1, context.localIdx);
    places.set(i + 2, context.groupIdx);
    places.set(i + 3, context.localGroupSizeX);
    places.set(i + 4, context.globalGroupSizeX);
  }
}
