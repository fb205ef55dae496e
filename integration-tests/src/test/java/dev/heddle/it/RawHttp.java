package dev.heddle.it;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A connection on which a test says byte for byte what is sent. */
final class RawHttp implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket;

  private RawHttp(Socket socket) {
    this.socket = socket;
  }

  static RawHttp open(String url) throws IOException {
    URI server = URI.create(url);
    Socket socket = new Socket(server.getHost(), server.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return new RawHttp(socket);
  }

  /** Everything that is answered to a request, up to the end of the connection. */
  static String exchange(String url, String request) throws IOException {
    try (RawHttp connection = open(url)) {
      return connection.send(request).rest();
    }
  }

  /** A JSON request with the admin key. */
  static String post(String path, String json) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer "
        + PlatformFixture.KEY
        + "\r\nContent-Length: "
        + json.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + json;
  }

  RawHttp send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Ends this side: nothing more is sent, and everything is still read. */
  RawHttp endSending() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Reads up to a text, which is the last of what is answered. */
  String readTo(String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end) < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new AssertionError("it ended before " + end + ": " + read);
      }
      read.append((char) next);
    }
    return read.toString();
  }

  /** Reads up to the end of the connection. */
  String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Breaks the connection off, as a process that is killed with bytes unread does. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
