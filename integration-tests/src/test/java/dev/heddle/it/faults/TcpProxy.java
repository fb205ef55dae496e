package dev.heddle.it.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between a client and a server, and can be slow, or cut what goes through it. */
class TcpProxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile int target;
  private volatile boolean refusing;
  private volatile Duration delay = Duration.ZERO;

  /**
   * @param target a port of this machine
   */
  TcpProxy(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Sends what comes from now on elsewhere. */
  void target(int port) {
    target = port;
  }

  /** How long each piece waits here, both ways. */
  void delay(Duration delay) {
    this.delay = delay;
  }

  /** Whether connections end as soon as they are made. */
  void refuse(boolean refusing) {
    this.refusing = refusing;
    if (refusing) {
      cut();
    }
  }

  /** Ends all connections. */
  void cut() {
    open.forEach(this::end);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException closed) {
      cut();
    }
  }

  private void serve(Socket client) {
    if (refusing) {
      end(client);
      return;
    }
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      open.add(server);
      server.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      exchange(client, server);
    } catch (IOException gone) {
      // one side has left; the other learns it now
    } finally {
      end(client);
      open.removeIf(Socket::isClosed);
    }
  }

  /** Serves one connection until one side ends it. */
  void exchange(Socket client, Socket server) throws IOException {
    Thread there = Thread.ofVirtual().start(() -> pump(client, server));
    pump(server, client);
    end(client);
    join(there);
  }

  static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends on what comes, until there is no more or nobody takes it. */
  final void pump(Socket from, Socket to) {
    try {
      byte[] buffer = new byte[BUFFER_BYTES];
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        pause(delay);
        out.write(buffer, 0, count);
      }
      to.shutdownOutput();
    } catch (IOException gone) {
      end(to);
    }
  }

  static void pause(Duration length) {
    if (length.isPositive()) {
      try {
        Thread.sleep(length);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void end(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
