package dev.heddle.format.testing;

import dev.heddle.format.safetensors.ElementType;
import dev.heddle.format.safetensors.SafetensorsWriter;
import dev.heddle.format.safetensors.SafetensorsWriter.Content;
import dev.heddle.format.safetensors.SafetensorsWriter.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes a LoRA's folder as PEFT does. */
public final class LoraWriter {
  private LoraWriter() {}

  /**
   * Writes configuration and float32 weights; returns the folder, which is made.
   *
   * @param config fields of {@code adapter_config.json} after type and rank, without braces
   * @param tensors names to rows
   */
  public static Path write(Path folder, String config, Map<String, float[][]> tensors)
      throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("adapter_config.json"),
        "{\"peft_type\": \"LORA\", \"r\": 2, " + config + "}");
    List<Tensor> written = new ArrayList<>();
    tensors.forEach((name, rows) -> {
      List<Integer> shape = List.of(rows.length, rows[0].length);
      written.add(new Tensor(name, ElementType.F32, shape, Content.of(bytes(rows))));
    });
    SafetensorsWriter.write(folder.resolve("adapter_model.safetensors"), written);
    return folder;
  }

  private static MemorySegment bytes(float[][] rows) {
    int cols = rows[0].length;
    MemorySegment bytes = MemorySegment.ofArray(new byte[4 * rows.length * cols]);
    for (int i = 0; i < rows.length * cols; i++) {
      bytes.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, rows[i / cols][i % cols]);
    }
    return bytes;
  }
}
