package dev.heddle.cli;

import dev.heddle.format.Violation;
import dev.heddle.model.Progress;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** Where a command's one JSON object goes, and where everything else does. */
public final class Console {
  private static final int NAMES_MAX = 1000;
  private static final long SHOW_PROGRESS_ABOVE_BYTES = 256L << 20;
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private final PrintStream out;
  private final PrintStream err;

  Console(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Writes the object; to be closed, which ends the line. */
  public JsonGenerator json() {
    return JSON.createGenerator(ObjectWriteContext.empty(), out);
  }

  public void endJson(JsonGenerator json) {
    json.close();
    out.println();
    out.flush();
  }

  /** Writes a line for people or scripts, of a command whose output is not JSON. */
  public void print(String line) {
    out.println(line);
  }

  public void note(String line) {
    err.println(line);
  }

  /** Names as one line that is safe to print, cut where they are very many. */
  public String printable(List<String> names) {
    return Violation.printable(String.join(", ", names), NAMES_MAX);
  }

  /** Whether somebody looks at a terminal, so that a line may be written over. */
  public boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal).isPresent();
  }

  void error(String message) {
    err.println("error: " + message.replaceAll("\\R", " "));
  }

  /** Progress of a load, a line every tenth, if it is large enough to be waited for. */
  public Progress progress(String what) {
    int[] shown = {0};
    return (done, total) -> {
      int tenth = (int) (10 * done / Math.max(total, 1));
      if (total > SHOW_PROGRESS_ABOVE_BYTES && tenth > shown[0]) {
        shown[0] = tenth;
        err.printf("%s: %d %% of %.1f GB%n", what, tenth * 10, total / 1e9);
      }
    };
  }
}
