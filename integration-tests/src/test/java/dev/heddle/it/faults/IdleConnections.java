package dev.heddle.it.faults;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Connections on which nothing is sent. */
final class IdleConnections implements Fault {
  private final int count;
  private final List<Socket> sockets = new ArrayList<>();

  IdleConnections(int count) {
    this.count = count;
  }

  @Override
  public String name() {
    return count + " idle connections";
  }

  @Override
  public void begin(Place place) throws IOException {
    for (int i = 0; i < count; i++) {
      sockets.add(place.connect());
    }
  }

  @Override
  public void end(Place place) throws IOException {
    Wire.close(sockets);
  }
}
