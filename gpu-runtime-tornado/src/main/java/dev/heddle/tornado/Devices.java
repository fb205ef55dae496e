package dev.heddle.tornado;

import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** The device that TornadoVM runs on by default; {@code -Dtornado.device.*} chooses another. */
final class Devices {
  /** Bytes of a buffer at most, below what the device allows; tests make several of one with it. */
  static final String MAX_BUFFER = "heddle.tornado.max-buffer";

  private Devices() {}

  static DeviceLimits chosen() {
    TornadoDevice device = TornadoRuntimeProvider.getTornadoRuntime().getDefaultDevice();
    boolean gpu = device.getDeviceType() == TornadoDeviceType.GPU;
    return new DeviceLimits(
        device.getPhysicalDevice().getDeviceName(),
        device.getMaxGlobalMemory(),
        Math.min(device.getMaxAllocMemory(), Long.getLong(MAX_BUFFER, Long.MAX_VALUE)),
        gpu ? DeviceClass.GPU : DeviceClass.CPU);
  }
}
