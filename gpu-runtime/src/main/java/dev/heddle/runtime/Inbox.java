package dev.heddle.runtime;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The border between other threads and the step thread: a bounded queue of commands, a bell that
 * says that some generation's flag has changed, and the two counts that decide whether a request is
 * let in and whether everything has ended.
 */
final class Inbox {
  private final int queueLimit;
  private final ArrayBlockingQueue<Runnable> commands;
  private final AtomicBoolean bell = new AtomicBoolean();

  /** Requests that have not been admitted, and requests that have not ended. */
  private final AtomicInteger queued = new AtomicInteger();

  private final AtomicInteger inFlight = new AtomicInteger();

  /** Bytes that requests are charged for the heap of their answers, see {@link AnswerHeap}. */
  private final AtomicLong held = new AtomicLong();

  private final long heldMax;
  private volatile boolean refusing;
  private volatile @Nullable Thread reader;

  /**
   * @param queueLimit most requests that wait for admission
   * @param otherCommands room for commands that are not requests
   * @param heldMax most bytes of heap for answers, over all requests
   */
  Inbox(int queueLimit, int otherCommands, long heldMax) {
    this.queueLimit = queueLimit;
    this.heldMax = heldMax;
    this.commands = new ArrayBlockingQueue<>(queueLimit + otherCommands);
  }

  /**
   * Any thread: lets a request in before it takes any memory for its answer.
   *
   * @param bytes of heap that its answer may take; to be given back by {@link #refund}
   * @throws GenerationException QUEUE_FULL, or INVALID if even an idle engine lacks the memory
   */
  void charge(long bytes) {
    if (bytes > heldMax) {
      throw new GenerationException(
          GenerationException.Kind.INVALID,
          "the answers' tokens and logprobs would take %d bytes of memory, over the limit of %d"
              .formatted(bytes, heldMax));
    }
    if (queued.get() >= queueLimit) {
      throw queueFull();
    }
    if (held.addAndGet(bytes) > heldMax) {
      held.addAndGet(-bytes);
      throw new GenerationException(
          GenerationException.Kind.QUEUE_FULL, "memory for answers is in use");
    }
  }

  /** Any thread: gives back what {@link #charge} took. */
  void refund(long bytes) {
    held.addAndGet(-bytes);
  }

  long held() {
    return held.get();
  }

  private GenerationException queueFull() {
    return new GenerationException(
        GenerationException.Kind.QUEUE_FULL, queueLimit + " requests wait already");
  }

  /**
   * Any thread: hands over a request.
   *
   * @throws GenerationException QUEUE_FULL or STOPPING
   */
  void submit(Runnable request) {
    inFlight.incrementAndGet(); // before the look at refusing: who stops reads them the other way
    boolean full = queued.incrementAndGet() > queueLimit;
    if (refusing || full || !commands.offer(request)) {
      queued.decrementAndGet();
      inFlight.decrementAndGet();
      throw refusing
          ? new GenerationException(GenerationException.Kind.STOPPING, "the runtime is stopping")
          : queueFull();
    }
    wake();
  }

  /** Any thread: hands over anything else; false if there is no room. */
  boolean offer(Runnable command) {
    boolean taken = !refusing && commands.offer(command);
    wake();
    return taken;
  }

  /** Any thread: some generation's flag has changed. */
  void ring() {
    bell.set(true);
    wake();
  }

  /** Any thread: the step thread looks around. */
  void wake() {
    LockSupport.unpark(reader);
  }

  /** Any thread: no request is let in from now on. */
  void refuse() {
    refusing = true;
    wake();
  }

  boolean refusing() {
    return refusing;
  }

  int queued() {
    return queued.get();
  }

  int inFlight() {
    return inFlight.get();
  }

  /** Step thread: a request has been admitted, or has ended before that. */
  void left() {
    queued.decrementAndGet();
  }

  /** Step thread: a request has ended. */
  void ended() {
    inFlight.decrementAndGet();
  }

  /** Step thread: runs all commands that are there. */
  void runCommands() {
    for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
      command.run();
    }
  }

  /** Step thread: whether the bell was rung since the last time. */
  boolean rung() {
    return bell.getAndSet(false);
  }

  /** Step thread: sleeps until somebody wakes it, at most for the time given. */
  void sleep(long nanos) {
    reader = Thread.currentThread();
    if (commands.isEmpty() && !bell.get()) {
      LockSupport.parkNanos(this, nanos);
    }
  }
}
