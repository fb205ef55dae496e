package dev.heddle.it.faults;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Clients that ask for long streams, and read a byte a second. */
final class SlowReaders implements Fault {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final int count;
  private final List<Socket> sockets = new ArrayList<>();

  SlowReaders(int count) {
    this.count = count;
  }

  @Override
  public String name() {
    return count + " clients that read a byte a second";
  }

  @Override
  public void begin(Place place) throws IOException {
    for (int i = 0; i < count; i++) {
      Socket socket = place.connect();
      socket.setReceiveBufferSize(1024);
      sockets.add(socket);
      String body = place.chat("base", "the old dog").put("ignore_eos", true).toString();
      Wire.post(socket, "/v1/chat/completions", body.replaceFirst("\\{", "{\"stream\":true,"));
      Thread.ofVirtual().start(() -> read(socket));
    }
  }

  private static void read(Socket socket) {
    try {
      while (socket.getInputStream().read() >= 0) {
        TcpProxy.pause(PAUSE);
      }
    } catch (IOException closed) {
      // the fault has ended
    }
  }

  @Override
  public void end(Place place) throws IOException {
    Wire.close(sockets);
  }
}
