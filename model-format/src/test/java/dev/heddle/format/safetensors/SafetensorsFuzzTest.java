package dev.heddle.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.heddle.format.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Any bytes as a safetensors header give tensors that fill the file, or a FormatException. An input
 * is the number of bytes of data, in decimal and up to a line's end, and the header.
 */
class SafetensorsFuzzTest {
  @FuzzTest
  void any_header_is_tensors_that_fill_the_file_or_is_refused(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    String[] parts = text.split("\n", 2);
    if (parts.length < 2 || !parts[0].matches("[0-9]{1,18}")) {
      return;
    }
    byte[] header = parts[1].getBytes(StandardCharsets.ISO_8859_1);
    long start = 8L + header.length;
    long data = Long.parseLong(parts[0]);
    List<TensorInfo> tensors;
    try {
      tensors = SafetensorsHeader.parse(header, "x", start, data);
    } catch (FormatException e) {
      assertThat(e.violations()).isNotEmpty();
      return;
    }
    long end = start;
    for (TensorInfo tensor : tensors) {
      assertThat(tensor.offset()).isEqualTo(end);
      end += tensor.bytes();
    }
    assertThat(end).isEqualTo(start + data);
  }
}
