package dev.heddle.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Properties of TornadoVM that results depend on; it reads them when it is first used. */
final class TornadoSettings {
  private static final Map<String, String> NEEDED =
      Map.of(
          // A kernel that does not compile must not run as sequential Java, with wrong results.
          "tornado.recover.bailout", "false",
          // Square roots and quotients as exact as the device has them, not its quickest.
          "tornado.enable.nativeFunctions", "false",
          "tornado.enable.mathOptimizations", "false",
          // a * b + c is one rounding, everywhere.
          "tornado.enable.fma", "true",
          // Its interpreter clears lists of events before each graph; few are waited for.
          "tornado.max.events", "64",
          // Room for graphs of as many tasks as it allows.
          "tornado.tvm.maxbytecodesize", "262144");

  private TornadoSettings() {}

  /** Sets what is not set; returns what is set to something else, in words. */
  static List<String> enforce() {
    List<String> contrary = new ArrayList<>();
    NEEDED.forEach((key, value) -> {
      String found = System.getProperty(key);
      if (found == null) {
        System.setProperty(key, value);
      } else if (!found.equalsIgnoreCase(value)) {
        contrary.add("-D" + key + "=" + found + " where " + value + " is needed");
      }
    });
    return contrary;
  }
}
