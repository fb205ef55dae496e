package dev.heddle.tornado;

/**
 * Work-group sizes by class of device. They decide in which order sums are added, so results of two
 * classes differ in their last bits; on one device they never change.
 *
 * @param lanes outputs of a weights panel, neighbours in memory
 * @param splits ranges of K that a panel's work-group adds up side by side
 * @param rowThreads work-items of a work-group that normalises a row; a power of two
 * @param keySplits ranges of a key's elements that attention adds up side by side
 * @param routeThreads work-items of the one work-group that routes
 * @param items work-items of a work-group of elementwise kernels
 */
record DeviceClass(
    int lanes, int splits, int rowThreads, int keySplits, int routeThreads, int items) {
  /** A warp's width of outputs; enough splits that one row of a matrix fills the device. */
  static final DeviceClass GPU = new DeviceClass(32, 8, 128, 8, 256, 128);

  /** A work-group is a loop of one core: wide enough for its vectors, and few barriers. */
  static final DeviceClass CPU = new DeviceClass(16, 2, 16, 1, 16, 64);

  /** Work-items that move words, in all. */
  static final int MOVERS = 1 << 14;
}
