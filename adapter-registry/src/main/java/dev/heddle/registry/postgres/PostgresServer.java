package dev.heddle.registry.postgres;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running {@code postgres}. The process is started by a thread that lives as long as it does,
 * because the kernel ends it (PDEATHSIG) when the thread that started it ends; should it end of
 * itself, the same thread starts it again.
 */
final class PostgresServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);
  private static final Duration RESTART_PAUSE = Duration.ofSeconds(1);

  private final List<String> command;
  private final Path output;
  private final Thread keeper;
  private final CountDownLatch launched = new CountDownLatch(1);
  private volatile boolean wanted = true;
  private volatile boolean restart;
  private volatile @Nullable Process process;
  private volatile @Nullable IOException failure;

  private PostgresServer(List<String> command, Path output) {
    this.command = command;
    this.output = output;
    this.keeper = Thread.ofPlatform().name("embedded-postgres").daemon().unstarted(this::keep);
  }

  /** Launches the server; it may not accept connections yet. */
  static PostgresServer launch(List<String> command, Path output) throws IOException {
    PostgresServer server = new PostgresServer(command, output);
    server.keeper.start();
    try {
      server.launched.await();
    } catch (InterruptedException e) {
      server.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting PostgreSQL", e);
    }
    IOException failure = server.failure;
    if (failure != null) {
      throw failure;
    }
    return server;
  }

  boolean isAlive() {
    Process running = process;
    return running != null && running.isAlive();
  }

  /** The server's process id. */
  long pid() {
    Process running = process;
    return running == null ? -1 : running.pid();
  }

  /** From now on the server is started again when it ends of itself. */
  void keepAlive() {
    restart = true;
  }

  private void keep() {
    do {
      try {
        Process started =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        process = started;
        launched.countDown();
        int code = started.waitFor();
        if (wanted && restart) {
          log.error("PostgreSQL ended with {}; starting it again. See {}", code, output);
          Thread.sleep(RESTART_PAUSE);
        }
      } catch (IOException e) {
        failure = e;
        restart = false;
        launched.countDown();
        log.error("PostgreSQL cannot be started", e);
      } catch (InterruptedException e) {
        return; // closing while pausing
      }
    } while (wanted && restart);
  }

  /** Stops the server: open transactions are rolled back, what is committed is on disk. */
  @Override
  public void close() {
    wanted = false;
    Process running = process;
    if (running == null || !running.isAlive()) {
      keeper.interrupt();
      return;
    }
    // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
    Commands.succeeds(List.of(), "sh", "-c", "kill -INT " + running.pid());
    try {
      if (!running.waitFor(20, TimeUnit.SECONDS)) {
        log.warn("PostgreSQL did not stop within 20 s; ending it. It recovers at its next start");
        running.destroyForcibly();
      }
      keeper.join(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
