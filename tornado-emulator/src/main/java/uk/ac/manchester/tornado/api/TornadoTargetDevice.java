package uk.ac.manchester.tornado.api;

/** The limits of a device, in bytes and work-items. */
public interface TornadoTargetDevice {
  String getDeviceName();

  long getDeviceGlobalMemorySize();

  long getDeviceLocalMemorySize();

  int getDeviceMaxComputeUnits();

  long[] getDeviceMaxWorkItemSizes();

  long[] getDeviceMaxWorkGroupSize();

  /** The largest single array, header included. */
  long getDeviceMaxAllocationSize();

  String getDeviceInfo();
}
