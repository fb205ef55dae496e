package uk.ac.manchester.tornado.api.enums;

/** When an array is copied. */
public class DataTransferMode {
  /** Once, with the graph's first execution. */
  public static final int FIRST_EXECUTION = 0;

  /** With each execution. */
  public static final int EVERY_EXECUTION = 1;

  /** When the result of an execution is asked for it; until then it stays on the device. */
  public static final int UNDER_DEMAND = 2;

  private DataTransferMode() {}
}
