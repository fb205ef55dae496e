package uk.ac.manchester.tornado.api.common;

import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** A device that plans run on. */
public interface TornadoDevice {
  String getDeviceName();

  String getDescription();

  String getPlatformName();

  TornadoTargetDevice getPhysicalDevice();

  TornadoDeviceType getDeviceType();

  TornadoVMBackendType getTornadoVMBackend();

  int getBackendIndex();

  long getMaxGlobalMemory();

  long getMaxAllocMemory();

  long getDeviceLocalMemorySize();

  long[] getDeviceMaxWorkgroupDimensions();
}
