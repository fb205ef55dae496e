package uk.ac.manchester.tornado.api.runtime;

import java.util.List;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** One backend with one device. */
final class EmulatedRuntime implements TornadoRuntime, TornadoBackend {
  private final List<TornadoDevice> devices = List.of(new EmulatedDevice());

  @Override
  public int getNumBackends() {
    return 1;
  }

  @Override
  public TornadoBackend getBackend(int index) {
    return List.<TornadoBackend>of(this).get(index);
  }

  @Override
  public TornadoVMBackendType getBackendType(int index) {
    return getBackend(index).getBackendType();
  }

  @Override
  public TornadoVMBackendType getBackendType() {
    return TornadoVMBackendType.OPENCL;
  }

  @Override
  public String getName() {
    return "emulator";
  }

  @Override
  public int getNumDevices() {
    return devices.size();
  }

  @Override
  public List<TornadoDevice> getAllDevices() {
    return devices;
  }

  @Override
  public TornadoDevice getDevice(int index) {
    return devices.get(index);
  }

  @Override
  public TornadoDevice getDefaultDevice() {
    return devices.getFirst();
  }
}
