package dev.heddle.tornado;

import dev.heddle.ops.Ops;

/** The device that tests run on: the SDK's where there is one, else the emulator. */
public final class TestDevice {
  private TestDevice() {}

  /** A backend of its own plan and memory. */
  public static Ops open() {
    TornadoFactory factory = new TornadoFactory();
    String obstacle = factory.obstacle();
    if (obstacle != null) {
      throw new IllegalStateException(obstacle);
    }
    return factory.create(1);
  }

  /** A backend whose weights and keys are in buffers of at most so many bytes. */
  public static Ops open(long maxSlab) {
    System.setProperty(Devices.MAX_SLAB, "" + maxSlab);
    try {
      return open();
    } finally {
      System.clearProperty(Devices.MAX_SLAB);
    }
  }

  /** Whether kernels run as Java, some hundred times slower. */
  public static boolean isEmulated() {
    return Devices.chosen().name().equals("emulator");
  }
}
