package dev.heddle.app.client.load;

import java.util.Locale;

/** What is measured of each answer, in seconds. */
enum Measure {
  TTFT("time to first token"),
  TPOT("time per output token"),
  /** Between two parts of an answer as they come, each of one token or more. */
  ITL("between two parts"),
  WHOLE("whole answer");

  private final String title;

  Measure(String title) {
    this.title = title;
  }

  /** For people. */
  String title() {
    return title;
  }

  /** For machines, with its unit. */
  String field() {
    return name().toLowerCase(Locale.ROOT) + "_seconds";
  }
}
