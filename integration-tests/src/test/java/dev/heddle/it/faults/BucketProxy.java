package dev.heddle.it.faults;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stands before a server that speaks S3, and bends its answers. One request a connection. */
final class BucketProxy extends TcpProxy {
  /** What becomes of an answer. */
  enum Way {
    STRAIGHT,
    SLOW,
    /** 503 of the server, as where there are too many requests. */
    FAILING,
    /** The connection ends in the middle of a body. */
    TRUNCATING,
    /** The header says half of the length, of a body or of an object that is asked for. */
    LYING_LESS,
    /** The header says twice the length. */
    LYING_MORE
  }

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: *(\\d+)");
  private static final int PIECE = 1 << 15;
  private static final String BUSY =
      "<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>";

  private volatile Way way = Way.STRAIGHT;

  BucketProxy(int target) throws IOException {
    super(target);
  }

  void way(Way way) {
    this.way = way;
  }

  @Override
  void exchange(Socket client, Socket server) throws IOException {
    String request = head(client.getInputStream());
    if (way == Way.FAILING) {
      refuse(client);
      return;
    }
    write(server.getOutputStream(), closing(request));
    Thread rest = Thread.ofVirtual().start(() -> pump(client, server));
    answer(request, server.getInputStream(), client.getOutputStream());
    client.close();
    join(rest);
  }

  private static void refuse(Socket client) throws IOException {
    write(
        client.getOutputStream(),
        "HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nConnection: close\r\n"
            + "Content-Length: "
            + BUSY.length()
            + "\r\n\r\n"
            + BUSY);
    client.shutdownOutput();
    client.setSoTimeout(1000);
    client.getInputStream().skip(Long.MAX_VALUE); // or the answer would be lost with the connection
  }

  private void answer(String request, InputStream from, OutputStream to) throws IOException {
    String head = head(from);
    while (head.startsWith("HTTP/1.1 1")) {
      write(to, head);
      head = head(from);
    }
    Matcher length = LENGTH.matcher(head);
    boolean bendable =
        !request.startsWith("PUT") && head.startsWith("HTTP/1.1 200") && length.find();
    long bytes = bendable ? Long.parseLong(length.group(1)) : 0;
    switch (bytes == 0 && way != Way.SLOW ? Way.STRAIGHT : way) {
      case SLOW -> {
        pause(Duration.ofMillis(300));
        write(to, head);
        slowly(from, to);
      }
      case TRUNCATING -> {
        write(to, head);
        if (!request.startsWith("HEAD")) {
          to.write(from.readNBytes(Math.toIntExact(bytes / 2)));
        }
      }
      case LYING_LESS -> lie(head, bytes / 2, from, to);
      case LYING_MORE -> lie(head, bytes * 2, from, to);
      default -> {
        write(to, head);
        from.transferTo(to);
      }
    }
  }

  private static void lie(String head, long bytes, InputStream from, OutputStream to)
      throws IOException {
    write(to, LENGTH.matcher(head).replaceFirst("\r\nContent-Length: " + bytes));
    from.transferTo(to);
  }

  private static void slowly(InputStream from, OutputStream to) throws IOException {
    for (byte[] piece = from.readNBytes(PIECE); piece.length > 0; piece = from.readNBytes(PIECE)) {
      pause(Duration.ofMillis(20));
      to.write(piece);
    }
  }

  /** The request, with no other one to follow. */
  private static String closing(String head) {
    return head.replaceFirst("(?i)\r\nConnection: [^\r]*", "")
        .replaceFirst("\r\n", "\r\nConnection: close\r\n");
  }

  private static String head(InputStream from) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith("\r\n\r\n")) {
      int next = from.read();
      if (next < 0) {
        throw new EOFException();
      }
      head.write(next);
      text = next == '\n' ? head.toString(StandardCharsets.ISO_8859_1) : "";
    }
    return text;
  }

  private static void write(OutputStream to, String text) throws IOException {
    to.write(text.getBytes(StandardCharsets.ISO_8859_1));
    to.flush();
  }
}
