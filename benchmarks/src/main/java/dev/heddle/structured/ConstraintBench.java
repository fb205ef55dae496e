package dev.heddle.structured;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.json.JsonMapper;

/** What a schema costs: to compile, and a token, with a vocabulary of 102,400 tokens. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ConstraintBench {
  private static final int TOKENS = 102_400;

  private TokenVocabulary vocabulary;
  private Structure schema;
  private Constraint known;
  private byte[] answer;

  @Setup
  public void prepare() {
    List<byte[]> tokens = tokens();
    vocabulary = TokenVocabulary.of(TOKENS, tokens::get, id -> false);
    StringBuilder properties = new StringBuilder();
    StringBuilder required = new StringBuilder();
    StringBuilder text = new StringBuilder();
    String[] kinds = {"string", "integer", "boolean", "number"};
    String[] values = {"\"some words\"", "12345", "true", "3.25"};
    for (int i = 0; i < 100; i++) {
      String comma = i == 0 ? "" : ",";
      properties
          .append(comma)
          .append("\"property_%d\":{\"type\":\"%s\"}".formatted(i, kinds[i % 4]));
      required.append(comma).append("\"property_%d\"".formatted(i));
      text.append(comma).append("\"property_%d\":%s".formatted(i, values[i % 4]));
    }
    String json =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{%s},\"required\":[%s]}"
            .formatted(properties, required);
    schema = new Structure.JsonSchema(new JsonMapper().readTree(json));
    answer = ("{" + text + "}").getBytes(StandardCharsets.UTF_8);
    known = Constraint.compile(schema, vocabulary, StructureLimits.DEFAULT);
    walk(known);
  }

  private static List<byte[]> tokens() {
    Random random = new Random(1);
    Set<String> words = new LinkedHashSet<>();
    for (String mark : new String[] {"\":", "\",\"", "\":\"", "{\"", "\"}", "\": ", ", \"", "},"}) {
      words.add(mark);
    }
    while (words.size() < TOKENS - 256) {
      StringBuilder word = new StringBuilder(random.nextInt(2) == 0 ? " " : "");
      int length = 1 + random.nextInt(8);
      for (int i = 0; i < length; i++) {
        word.append((char) ('a' + (int) (26 * random.nextDouble() * random.nextDouble())));
      }
      words.add(word.toString());
    }
    List<byte[]> tokens = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      tokens.add(new byte[] {(byte) b});
    }
    words.forEach(word -> tokens.add(word.getBytes(StandardCharsets.UTF_8)));
    return tokens;
  }

  private long walk(Constraint constraint) {
    ConstraintState state = constraint.start();
    long sum = 0;
    for (byte b : answer) {
      sum += state.allowed()[0];
      state.accept(b & 0xFF);
    }
    return sum;
  }

  /** A schema of 100 properties. */
  @Benchmark
  public Constraint compile() {
    return Constraint.compile(schema, vocabulary, StructureLimits.DEFAULT);
  }

  /** The first answer: every mask of its {@code tokens} is new. */
  @Benchmark
  public long firstAnswer() {
    return walk(Constraint.compile(schema, vocabulary, StructureLimits.DEFAULT));
  }

  /** Another answer of about 2,300 tokens: every mask is known. */
  @Benchmark
  public long nextAnswer() {
    return walk(known);
  }
}
