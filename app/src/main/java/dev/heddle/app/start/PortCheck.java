package dev.heddle.app.start;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Locale;

/** Tries whether the server will be able to listen. */
final class PortCheck {
  private PortCheck() {}

  /** Says what keeps it from that, and what to do. */
  static void find(String host, int port, Faults faults) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      faults.add("host", "there is no such address");
      return;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // as the server does: what is only closing does not count
      socket.bind(address);
    } catch (IOException e) {
      note(String.valueOf(e.getMessage()), port, faults);
    }
  }

  private static void note(String said, int port, Faults faults) {
    String text = said.toLowerCase(Locale.ROOT);
    if (text.contains("in use")) {
      faults.add(
          "port", port + " is taken: stop the program that listens there, or choose another");
    } else if (text.contains("denied")) {
      faults.add("port", port + " is forbidden to this user: choose one from 1024 on");
    } else if (text.contains("cannot assign")) {
      faults.add("host", "this machine has no such address; 0.0.0.0 stands for all it has");
    } else {
      faults.add("port", "nobody can listen on " + port + ": " + said);
    }
  }
}
