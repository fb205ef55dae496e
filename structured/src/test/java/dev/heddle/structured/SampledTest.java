package dev.heddle.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is drawn at random from the masks is valid, as another validator sees it. */
class SampledTest {
  private static final int STEPS = 400;
  private static final Set<Integer> CLOSING = Set.of((int) '"', (int) ']', (int) '}');

  private final Random random = new Random(15);
  private int whole;

  @Test
  void random_texts_are_valid() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Suite.Group group : Suite.groups("draft2020-12")) {
      Constraint constraint = group.compile();
      if (constraint != null && !group.file().contains("/optional/")) {
        Schema schema =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(group.schema().toString());
        for (int i = 0; i < 5; i++) {
          String text = draw(constraint);
          if (text != null && !schema.validate(text, InputFormat.JSON).isEmpty()) {
            wrong.add(group.schema() + " -> " + text);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(whole).isGreaterThan(500);
  }

  /** Null if it is not whole in time. */
  private String draw(Constraint constraint) {
    ConstraintState state = constraint.start();
    StringBuilder latin = new StringBuilder();
    for (int i = 0; i < STEPS; i++) {
      if (state.isEnded() || (state.isComplete() && random.nextInt(3) == 0)) {
        whole++;
        return new String(
            latin.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      }
      int token = pick(state.allowed());
      state.accept(token);
      latin.append((char) token);
    }
    return null;
  }

  private int pick(long[] mask) {
    List<Integer> all = new ArrayList<>();
    List<Integer> closing = new ArrayList<>();
    for (int token = 0; token < 256; token++) {
      if ((mask[token >> 6] >>> token & 1) != 0) {
        (CLOSING.contains(token) ? closing : all).add(token);
      }
    }
    List<Integer> from =
        closing.isEmpty() || (!all.isEmpty() && random.nextInt(3) > 0) ? all : closing;
    return from.get(random.nextInt(from.size()));
  }
}
