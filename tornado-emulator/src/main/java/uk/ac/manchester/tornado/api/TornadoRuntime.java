package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** What there is to run on. */
public interface TornadoRuntime {
  int getNumBackends();

  TornadoBackend getBackend(int index);

  TornadoVMBackendType getBackendType(int index);

  TornadoDevice getDefaultDevice();
}
