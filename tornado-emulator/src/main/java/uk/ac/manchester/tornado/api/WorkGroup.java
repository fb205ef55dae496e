package uk.ac.manchester.tornado.api;

/** What a work-item can do with its group. */
interface WorkGroup {
  /** Returns when all work-items of the group have called it. */
  void barrier(int localIdx);

  /** The group's array of this number; the first to ask for it determines its type and size. */
  <T> T share(int ordinal, Class<T> type, int size);

  /** A group whose work-items run as plain calls, one after the other, and cannot wait. */
  WorkGroup ALONE =
      new WorkGroup() {
        @Override
        public void barrier(int localIdx) {
          throw new NeedsGroup();
        }

        @Override
        public <T> T share(int ordinal, Class<T> type, int size) {
          throw new NeedsGroup();
        }
      };

  /** Says that a kernel that ran as plain calls needs its group. */
  final class NeedsGroup extends RuntimeException {
    private NeedsGroup() {
      super(
          "a work-item uses its group after others of the group have finished", null, false, false);
    }
  }
}
