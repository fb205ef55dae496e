package uk.ac.manchester.tornado.api.runtime;

import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/**
 * The one device. Its memory is {@code tornado.emulator.memory} bytes (1 GiB) and its largest
 * allocation {@code tornado.emulator.max-alloc} bytes (a quarter of it, as is usual); both system
 * properties are read at each call.
 */
final class EmulatedDevice implements TornadoDevice, TornadoTargetDevice {
  private static final int MAX_GROUP = 1024;
  private static final long LOCAL_MEMORY = 48 << 10;

  @Override
  public String getDeviceName() {
    return "emulator";
  }

  @Override
  public String getDescription() {
    return "emulator of TornadoVM's API on the JVM";
  }

  @Override
  public String getDeviceInfo() {
    return getDescription();
  }

  @Override
  public String getPlatformName() {
    return "JVM";
  }

  @Override
  public TornadoTargetDevice getPhysicalDevice() {
    return this;
  }

  @Override
  public TornadoDeviceType getDeviceType() {
    return TornadoDeviceType.CPU;
  }

  @Override
  public TornadoVMBackendType getTornadoVMBackend() {
    return TornadoVMBackendType.OPENCL;
  }

  @Override
  public int getBackendIndex() {
    return 0;
  }

  @Override
  public long getMaxGlobalMemory() {
    return Long.getLong("tornado.emulator.memory", 1L << 30);
  }

  @Override
  public long getDeviceGlobalMemorySize() {
    return getMaxGlobalMemory();
  }

  @Override
  public long getMaxAllocMemory() {
    return Long.getLong("tornado.emulator.max-alloc", getMaxGlobalMemory() / 4);
  }

  @Override
  public long getDeviceMaxAllocationSize() {
    return getMaxAllocMemory();
  }

  @Override
  public long getDeviceLocalMemorySize() {
    return LOCAL_MEMORY;
  }

  @Override
  public int getDeviceMaxComputeUnits() {
    return 1;
  }

  @Override
  public long[] getDeviceMaxWorkItemSizes() {
    return getDeviceMaxWorkgroupDimensions();
  }

  @Override
  public long[] getDeviceMaxWorkGroupSize() {
    return new long[] {MAX_GROUP};
  }

  @Override
  public long[] getDeviceMaxWorkgroupDimensions() {
    return new long[] {MAX_GROUP, MAX_GROUP, MAX_GROUP};
  }
}
