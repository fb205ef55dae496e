package dev.heddle.it.faults;

import dev.heddle.it.PlatformFixture;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Requests byte for byte. */
final class Wire {
  private Wire() {}

  static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  static void post(Socket socket, String path, String json) throws IOException {
    send(socket, head(path, json.getBytes(StandardCharsets.UTF_8).length) + json);
  }

  /** Of a JSON request with the admin key. */
  static String head(String path, int bytes) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer "
        + PlatformFixture.KEY
        + "\r\nContent-Length: "
        + bytes
        + "\r\n\r\n";
  }

  static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }
}
