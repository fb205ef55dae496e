package dev.heddle.it.faults;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients that stop in the middle: of a header, of a body, of an answer that they asked for and do
 * not read. Every second one has ended its sending side, the others are just silent, as one whose
 * machine has gone.
 */
final class HalfRequests implements Fault {
  private final int count;
  private final List<Socket> sockets = new ArrayList<>();

  HalfRequests(int count) {
    this.count = count;
  }

  @Override
  public String name() {
    return count + " half requests";
  }

  @Override
  public void begin(Place place) throws IOException {
    for (int i = 0; i < count; i++) {
      Socket socket = place.connect();
      sockets.add(socket);
      switch (i % 3) {
        case 0 -> Wire.send(socket, "POST /v1/chat/completions HTTP/1.1\r\nHost: ");
        case 1 ->
            Wire.send(
                socket,
                Wire.head("/v1/chat/completions", 1000) + "{\"model\":\"base\",\"messages\":[");
        default -> {
          String body = place.chat("base", "the old dog").toString();
          Wire.post(socket, "/v1/chat/completions", body);
        }
      }
      if (i % 2 == 0) {
        socket.shutdownOutput();
      }
    }
  }

  @Override
  public void end(Place place) throws IOException {
    Wire.close(sockets);
  }
}
