package dev.heddle.tornado;

import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** The device that TornadoVM runs on by default; {@code -Dtornado.device.*} chooses another. */
final class Devices {
  /** Bytes of a buffer of weights or keys at most, where the device would allow more. */
  static final String MAX_SLAB = "heddle.tornado.max-slab";

  private Devices() {}

  static DeviceLimits chosen() {
    TornadoDevice device = TornadoRuntimeProvider.getTornadoRuntime().getDefaultDevice();
    boolean gpu = device.getDeviceType() == TornadoDeviceType.GPU;
    return new DeviceLimits(
        device.getPhysicalDevice().getDeviceName(),
        device.getMaxGlobalMemory(),
        device.getMaxAllocMemory(),
        Long.getLong(MAX_SLAB, Long.MAX_VALUE),
        gpu ? DeviceClass.GPU : DeviceClass.CPU);
  }
}
