package dev.heddle.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a Service of Kubernetes does: it gives each new connection to the next of its endpoints.
 * Connections that are open stay where they are, whatever becomes of the endpoint.
 */
final class RoundRobin implements AutoCloseable {
  private final ServerSocket socket;
  private final List<URI> endpoints = new CopyOnWriteArrayList<>();
  private final AtomicInteger next = new AtomicInteger();

  RoundRobin(List<String> urls) throws IOException {
    urls.forEach(this::add);
    this.socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  void add(String url) {
    endpoints.add(URI.create(url));
  }

  void remove(String url) {
    endpoints.remove(URI.create(url));
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        URI endpoint = endpoints.get(Math.floorMod(next.getAndIncrement(), endpoints.size()));
        Thread.startVirtualThread(() -> connect(client, endpoint));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private static void connect(Socket client, URI endpoint) {
    try {
      Socket server = new Socket();
      server.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), 1000);
      Thread.startVirtualThread(() -> pass(client, server));
      pass(server, client);
    } catch (IOException e) {
      close(client); // as a client sees it whose endpoint refuses
    }
  }

  /** One direction; the other one may go on after its end. */
  private static void pass(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
