package dev.heddle.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** {@code logits}: the logits after every token of a list. */
@Command(
    name = "logits",
    description = "Prints {\"logits\": [[...], ...]}: one row for each token given.")
final class LogitsCommand implements Callable<Integer> {
  private static final int CHUNK = 128;

  private final Console console;

  @Mixin ModelOptions options = new ModelOptions();

  @Option(
      names = "--tokens",
      required = true,
      paramLabel = "1,2,3",
      description = "Token ids, separated by commas.")
  String tokens = "";

  @Option(
      names = "--chunk",
      paramLabel = "N",
      description = "Tokens of one forward pass (no influence on the result).")
  @Nullable Integer chunk;

  LogitsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (chunk != null && chunk < 1) {
      throw new InputException("--chunk: " + chunk + " is less than 1");
    }
    try (ModelSession session = ModelSession.open(options, console)) {
      int[] ids = TokenList.parse(tokens, session.shape());
      int pass = Math.min(ids.length, chunk == null ? CHUNK : chunk);
      var runner = session.load(ids.length, pass, pass);
      JsonGenerator json = console.json();
      json.writeStartObject();
      json.writeArrayPropertyStart("logits");
      runner.append(
          ids,
          (position, row) -> {
            json.writeStartArray();
            for (float logit : row) {
              json.writeNumber(logit);
            }
            json.writeEndArray();
          });
      json.writeEndArray();
      json.writeEndObject();
      console.endJson(json);
    }
    return 0;
  }
}
