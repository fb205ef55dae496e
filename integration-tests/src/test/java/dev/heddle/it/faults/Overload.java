package dev.heddle.it.faults;

import java.util.ArrayList;
import java.util.List;

/** Twice as many clients as may be computed and wait, each asking again at once. */
final class Overload implements Fault {
  private static final int CLIENTS = 2 * (Place.SEQUENCES_MAX + Place.QUEUE_LIMIT);

  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean going;

  @Override
  public String name() {
    return "twice the load";
  }

  @Override
  public void begin(Place place) {
    going = true;
    for (int i = 0; i < CLIENTS; i++) {
      String body =
          place.chat("base", "cat " + i).put("ignore_eos", true).put("max_tokens", 48).toString();
      clients.add(
          Thread.ofVirtual()
              .start(() -> {
                while (going) {
                  place.client().post("/v1/chat/completions", body);
                }
              }));
    }
  }

  @Override
  public void end(Place place) {
    going = false;
    clients.forEach(TcpProxy::join);
    clients.clear();
  }
}
