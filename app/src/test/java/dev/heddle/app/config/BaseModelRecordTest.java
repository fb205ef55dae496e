package dev.heddle.app.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseModelRecordTest {
  private static final Digest WHOLE = new Digest("a".repeat(64));
  private static final Digest OTHER = new Digest("b".repeat(64));

  @TempDir private Path data;
  @TempDir private Path model;

  @Test
  void a_damaged_base_is_refused_and_a_replaced_one_is_not() throws IOException {
    Path weights = Files.writeString(model.resolve("model.safetensors"), "weights");
    Files.writeString(model.resolve("README.md"), "is no matter");
    Path record = BaseModelRecord.path(data, model);
    BaseModelRecord.check(record, model, WHOLE);
    BaseModelRecord.check(record, model, WHOLE);
    Files.writeString(model.resolve("README.md"), "as was said");
    for (int i = 0; i < 2; i++) { // not only at the first start after it
      assertThatThrownBy(() -> BaseModelRecord.check(record, model, OTHER))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(OTHER.hex())
          .hasMessageContaining("is damaged");
    }
    BaseModelRecord.check(record, model, WHOLE);

    Files.setLastModifiedTime(weights, FileTime.fromMillis(1_000_000_000_000L));
    BaseModelRecord.check(record, model, OTHER);
    assertThatThrownBy(() -> BaseModelRecord.check(record, model, WHOLE))
        .isInstanceOf(IllegalStateException.class);
  }
}
