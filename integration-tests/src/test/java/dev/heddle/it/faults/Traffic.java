package dev.heddle.it.faults;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Works on a platform all the time, by several lanes, and stops a lane while it is checked. */
final class Traffic implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(30);

  private static final class Running {
    final Lane lane;
    final ReentrantLock lock = new ReentrantLock(true);

    Running(Lane lane) {
      this.lane = lane;
    }
  }

  private final Client client;
  private final List<Running> lanes;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean going = true;

  Traffic(Client client, List<Lane> lanes) {
    this.client = client;
    this.lanes = lanes.stream().map(Running::new).toList();
    this.lanes.forEach(each -> threads.add(Thread.ofVirtual().start(() -> work(each))));
  }

  private void work(Running running) {
    while (going) {
      running.lock.lock();
      try {
        running.lane.step();
      } catch (Exception | Error e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        client.offence(trace.toString());
      } finally {
        running.lock.unlock();
      }
      TcpProxy.pause(PAUSE);
    }
  }

  /** Asserts that all that was acknowledged holds. */
  void check() throws Exception {
    for (Running each : lanes) {
      each.lock.lock();
      try {
        each.lane.check();
      } finally {
        each.lock.unlock();
      }
    }
  }

  @Override
  public void close() {
    going = false;
    threads.forEach(TcpProxy::join);
  }
}
