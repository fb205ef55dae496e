package dev.heddle.cli;

import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.adapter.LoraFolder;
import dev.heddle.format.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fold}: the adapter of whole experts that a LoRA is. */
@Command(
    name = "fold",
    description = {
      "Writes a PEFT LoRA whose targets are experts as an adapter: each expert becomes the base's",
      "with the scaled product added. The platform does the same with a LoRA that is pushed."
    })
final class FoldCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "DIR",
      description = "A folder with adapter_config.json and adapter_model.safetensors.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  Path lora;

  @Option(
      names = "--base",
      required = true,
      paramLabel = "DIR",
      description = "The model that the LoRA was trained on.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  Path base;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the adapter is written: a folder that is empty or not there.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  Path out;

  FoldCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (!LoraFolder.isLora(lora)) {
      throw new InputException(
          lora + " is no LoRA: it has no adapter_config.json, or an expert_cfg.json beside it");
    }
    if (!Files.isDirectory(base)) {
      throw new InputException(base + " is not a folder");
    }
    if (!isFree(out)) {
      throw new InputException(out + " is not empty");
    }
    try (ModelFolder model = ModelFolder.open(base)) {
      try (LoraFolder folder = LoraFolder.open(lora, model)) {
        folder.fold(out);
      }
      try (AdapterFolder adapter = AdapterFolder.open(out, model)) {
        console.note(
            "%s: %d experts, %s"
                .formatted(
                    out,
                    adapter.manifest().experts().size(),
                    ByteText.of(adapter.manifest().bytes())));
      }
    }
    return ExitCode.OK;
  }

  private static boolean isFree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return true;
    }
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }
}
