package dev.heddle.it.faults;

import java.io.IOException;

/** Programs of the system, which may be missing. */
final class Programs {
  private Programs() {}

  /** Whether a program is there and does what it is asked for. */
  static boolean run(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException absent) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
