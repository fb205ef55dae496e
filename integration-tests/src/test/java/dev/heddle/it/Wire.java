package dev.heddle.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** A wire between a client and the platform: counts the bytes that are sent, and may be cut. */
final class Wire implements AutoCloseable {
  private final ServerSocket listener;
  private final URI platform;
  private final long length;
  private final BooleanSupplier arrived;
  private final AtomicLong sent = new AtomicLong();

  private Wire(long length, BooleanSupplier arrived) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.platform = URI.create(PlatformFixture.get().url());
    this.length = length;
    this.arrived = arrived;
    Thread.ofVirtual().start(this::accept);
  }

  static Wire whole() throws IOException {
    return new Wire(Long.MAX_VALUE, () -> true);
  }

  /**
   * A wire that carries so many bytes to the platform, and no connection any more after them.
   *
   * @param arrived whether the platform has what it is to have, before the wire is cut
   */
  static Wire cutAfter(long bytes, BooleanSupplier arrived) throws IOException {
    return new Wire(bytes, arrived);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Bytes that clients have sent. */
  long sent() {
    return sent.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(platform.getHost(), platform.getPort());
        Thread.ofVirtual().start(() -> carryToPlatform(client, server));
        Thread.ofVirtual().start(() -> carryBack(server, client));
      }
    } catch (IOException e) {
      // the wire is cut, or no longer needed
    }
  }

  private void carryToPlatform(Socket client, Socket server) {
    byte[] buffer = new byte[1 << 14];
    try (client;
        server) {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
        if (sent.addAndGet(count) >= length) {
          while (!arrived.getAsBoolean()) {
            Thread.sleep(10);
          }
          listener.close();
          return;
        }
      }
    } catch (IOException e) {
      // one of the ends has left
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void carryBack(Socket server, Socket client) {
    try (client;
        server) {
      server.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // one of the ends has left
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
