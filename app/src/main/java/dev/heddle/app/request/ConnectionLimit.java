package dev.heddle.app.request;

import io.netty.channel.Channel;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections there may be at once: one that is too many is closed before anything is read
 * from it, so that idle clients cannot take the files that a process may have open. Any thread.
 */
public final class ConnectionLimit {
  private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);

  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  /** A line for the first of those that are too many, until there is room again. */
  private final AtomicBoolean told = new AtomicBoolean();

  public ConnectionLimit(int most) {
    this.most = most;
  }

  /** Counts a connection for as long as it is open. */
  public void count(Channel channel) {
    int number = open.incrementAndGet();
    Future<?> _ = channel.closeFuture().addListener(closed -> leave());
    if (number <= most) {
      return;
    }
    if (!told.getAndSet(true)) {
      log.warn("{} connections are open: further ones are closed (serving.connections)", most);
    }
    channel
        .eventLoop()
        .execute(() -> {
          Future<?> _ = channel.close();
        });
  }

  private void leave() {
    if (open.decrementAndGet() < most) {
      told.set(false);
    }
  }
}
