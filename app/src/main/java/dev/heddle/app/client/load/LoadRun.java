package dev.heddle.app.client.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** Sends the requests of a plan, each on a thread of its own, and times them. */
public final class LoadRun {
  private LoadRun() {}

  /**
   * Runs until every answer has ended.
   *
   * @param ended told how many have, once for each
   * @throws InterruptedException if it is interrupted; requests under way end then
   */
  public static LoadReport of(LoadPlan plan, IntConsumer ended) throws InterruptedException {
    List<LoadRequest> requests = LoadRequest.of(plan);
    try (OpenAiStream stream = new OpenAiStream(plan);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < plan.warmUp(); i++) {
        stream.ask(requests.get(i % requests.size()), System.nanoTime());
      }
      CompletionService<Timed> answers = new ExecutorCompletionService<>(threads);
      long start = System.nanoTime();
      Thread sending =
          Thread.ofVirtual().start(() -> send(plan.pace(), requests, stream, answers, start));
      List<Timed> timed = new ArrayList<>();
      while (timed.size() < requests.size()) {
        timed.add(answers.take().resultNow());
        ended.accept(timed.size());
      }
      sending.join();
      return new LoadReport(plan, timed, (System.nanoTime() - start) / 1e9);
    }
  }

  private static void send(
      Pace pace,
      List<LoadRequest> requests,
      OpenAiStream stream,
      CompletionService<Timed> answers,
      long start) {
    Semaphore places = new Semaphore(pace.concurrency());
    for (LoadRequest request : requests) {
      places.acquireUninterruptibly();
      long due = start + (long) (request.at() * 1e9);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      // A closed loop has no time at which a request was due but that of its place.
      long counted = pace instanceof Pace.Open ? due : System.nanoTime();
      var _ =
          answers.submit(() -> {
            try {
              return stream.ask(request, counted);
            } finally {
              places.release();
            }
          });
    }
  }
}
