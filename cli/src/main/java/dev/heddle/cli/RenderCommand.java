package dev.heddle.cli;

import dev.heddle.format.text.ChatTemplate;
import dev.heddle.format.text.RenderInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** {@code render}: what a chat template makes of a conversation. */
@Command(
    name = "render",
    description = "Prints {\"text\": ...}: a conversation as a chat template renders it.")
final class RenderCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--template",
      required = true,
      paramLabel = "FILE",
      description = "A Jinja chat template, or a tokenizer_config.json that has one.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  Path template;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description =
          "JSON with messages, tools, add_generation_prompt, bos_token, eos_token; other fields"
              + " are variables too.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  Path input;

  RenderCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    List<String> missing = new ArrayList<>();
    for (Path path : List.of(template, input)) {
      if (!Files.isRegularFile(path)) {
        missing.add(path + " is not a file");
      }
    }
    if (!missing.isEmpty()) {
      throw new InputException(missing);
    }
    String conversation = Files.readString(input);
    String text = ChatTemplate.read(template).render(RenderInput.parse(conversation));
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeStringProperty("text", text);
    json.writeEndObject();
    console.endJson(json);
    return 0;
  }
}
