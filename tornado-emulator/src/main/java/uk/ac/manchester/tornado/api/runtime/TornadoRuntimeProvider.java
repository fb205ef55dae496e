package uk.ac.manchester.tornado.api.runtime;

import uk.ac.manchester.tornado.api.TornadoRuntime;

/** Where the runtime is found. */
public class TornadoRuntimeProvider {
  private static final TornadoRuntime RUNTIME = new EmulatedRuntime();

  private TornadoRuntimeProvider() {}

  public static TornadoRuntime getTornadoRuntime() {
    return RUNTIME;
  }
}
