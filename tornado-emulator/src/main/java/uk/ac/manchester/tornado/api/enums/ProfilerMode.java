package uk.ac.manchester.tornado.api.enums;

/** Where measurements go; the emulator prints nothing in either mode. */
public enum ProfilerMode {
  CONSOLE,
  SILENT
}
