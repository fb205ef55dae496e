package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Counts the classes whose code runs while one streamed chat is answered by a resident adapter: all
 * of Heddle's from the socket to the last event, without operations and chat templates. What runs
 * in an idle platform too is told apart, such as the clock of the metrics. Run by {@code
 * tools/path-classes}, with the coverage agent, which knows what has run since it was last asked.
 */
class PathClasses {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final Duration IDLE = Duration.ofSeconds(12);

  @Test
  void count() throws Exception {
    String body =
        PlatformFixture.chat("intent", "turn on the lights").put("stream", true).toString();
    answer(body); // the adapter is resident, and everything has run once
    ran();
    Thread.sleep(IDLE); // longer than any round of a housekeeper that looks at the engine
    SortedSet<String> idle = ran();
    answer(body);
    SortedSet<String> all = ran();
    all.removeIf(name -> name.matches("dev\\.heddle\\.(ops|template|it)\\..*"));
    SortedSet<String> resting = new TreeSet<>(all);
    resting.retainAll(idle);
    all.removeAll(idle);
    all.forEach(name -> System.out.println("path  " + name));
    resting.forEach(name -> System.out.println("idle  " + name));
    Map<String, Long> rooms =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    name -> name.substring(0, name.lastIndexOf('.')),
                    TreeMap::new,
                    Collectors.counting()));
    rooms.forEach((room, count) -> System.out.println("sum   " + count + " " + room));
    System.out.println("sum   " + all.size() + " and " + resting.size() + " that run idle too");
    assertThat(all).isNotEmpty();
  }

  private static void answer(String body) {
    String answer = PLATFORM.post("/v1/chat/completions", body).body();
    assertThat(answer).endsWith("data: [DONE]\n\n");
  }

  /** Classes whose code has run since the last call. */
  private static SortedSet<String> ran() throws IOException, ReflectiveOperationException {
    Object agent = Class.forName("org.jacoco.agent.rt.RT").getMethod("getAgent").invoke(null);
    byte[] data =
        (byte[])
            Class.forName("org.jacoco.agent.rt.IAgent")
                .getMethod("getExecutionData", boolean.class)
                .invoke(agent, true);
    return names(new DataInputStream(new ByteArrayInputStream(data)));
  }

  /** Reads JaCoCo's format: blocks of a kind, and of each class its id, name and probes. */
  private static SortedSet<String> names(DataInputStream in) throws IOException {
    SortedSet<String> names = new TreeSet<>();
    for (int block = in.read(); block >= 0; block = in.read()) {
      switch (block) {
        case 0x01 -> in.skipBytes(2 * Short.BYTES); // magic number, version
        case 0x10 -> {
          in.readUTF(); // session: id, start, end
          in.skipBytes(2 * Long.BYTES);
        }
        case 0x11 -> {
          in.skipBytes(Long.BYTES);
          names.add(in.readUTF().replace('/', '.'));
          in.skipBytes((variable(in) + 7) / 8);
        }
        default -> throw new IOException("unknown block " + block);
      }
    }
    return names;
  }

  private static int variable(DataInputStream in) throws IOException {
    int value = 0;
    int shift = 0;
    int next;
    do {
      next = in.readUnsignedByte();
      value |= (next & 0x7F) << shift;
      shift += 7;
    } while ((next & 0x80) != 0);
    return value;
  }
}
