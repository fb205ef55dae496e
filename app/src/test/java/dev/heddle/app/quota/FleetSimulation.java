package dev.heddle.app.quota;

import dev.heddle.registry.access.TenantLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Replicas whose clock the test moves, a millisecond at a time, each with a gate of its own; the
 * pool answers within the same millisecond. One tenant.
 */
final class FleetSimulation {
  static final UUID TENANT = new UUID(1, 1);
  private static final long MILLISECOND = 1_000_000;

  /** Gone after three beats of 2 s. */
  private static final long SILENCE = Duration.ofSeconds(6).toNanos();

  /** A replica. */
  final class Node {
    final int id;
    private final QuotaGate gate;
    private final QuotaExchange exchange;
    private long lastRound;
    private boolean scarce;
    private boolean urgent;
    long admitted;
    long diedAt = Long.MAX_VALUE;

    private Node(int id) {
      this.id = id;
      this.gate = new QuotaGate(t -> pool.limits, t -> Map.of(), () -> now, limit -> {}, scheduler);
      this.exchange =
          new QuotaExchange(
              gate,
              () -> (int) nodes.stream().filter(node -> lives(node.id)).count(),
              (replicas, claims) -> pool.exchange(id, replicas, claims),
              () -> now);
    }

    boolean isUp() {
      return diedAt == Long.MAX_VALUE;
    }

    Consumption consumption() {
      return gate.known(TENANT).consumption(); // as it was said last
    }

    /** One request, which ends after a time and uses a part of the tokens that it reserves. */
    void ask(long tokens, long used, int sequences, long nanos) {
      Mono<Void> request =
          gate.inTurn(
              TENANT,
              turn ->
                  gate.admitted(
                          new Demand(TENANT, tokens, sequences, null, 0),
                          turn,
                          reservation -> begun(reservation, used, sequences, nanos))
                      .then());
      request.subscribe(done -> {}, refused -> decided(false), () -> decided(true));
    }

    private Flux<Object> begun(Reservation reservation, long used, int sequences, long nanos) {
      inFlight += isUp() ? sequences : 0;
      ends.add(
          new End(
              now + nanos,
              () -> {
                if (isUp()) {
                  inFlight -= sequences;
                  tokens += used;
                  reservation.settle(used);
                }
              }));
      return Flux.empty();
    }

    private void decided(boolean in) {
      admitted += in ? 1 : 0;
      allAdmitted += in ? 1 : 0;
      refused += in ? 0 : 1;
    }

    /** As for a request that another replica is to answer. */
    boolean passOn(Node other) {
      boolean[] in = new boolean[1];
      gate.inTurn(TENANT, turn -> gate.handBack(turn))
          .subscribe(done -> {}, refused -> {}, () -> in[0] = true);
      pass(Duration.ofMillis(5));
      if (in[0]) {
        other.ask(1, 1, 1, 0);
        pass(Duration.ofMillis(5));
      }
      return in[0];
    }

    /** As {@link QuotaExchange}'s thread does. */
    private void step() {
      try {
        urgent |= gate.sharing().await(Duration.ZERO);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      Duration pause = !urgent ? QuotaExchange.PAUSE : scarce ? QuotaExchange.PACE : Duration.ZERO;
      if (now - lastRound >= pause.toNanos()) {
        urgent = false;
        scarce = exchange.round();
        lastRound = now;
        scheduler.advanceTime();
      }
    }
  }

  private record End(long at, Runnable then) {}

  final PoolModel pool;
  final List<Node> nodes = new ArrayList<>();
  final Random random;
  private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
  private final PriorityQueue<End> ends = new PriorityQueue<>(Comparator.comparingLong(End::at));
  long now = 1;
  long allAdmitted;
  long refused;
  long tokens;
  int inFlight;

  FleetSimulation(long seed, TenantLimits limits, int replicas) {
    this.random = new Random(seed);
    this.pool = new PoolModel(limits, () -> now, this::lives);
    for (int i = 0; i < replicas; i++) {
      join();
    }
  }

  private boolean lives(int id) {
    return nodes.get(id).diedAt > now - SILENCE;
  }

  Node join() {
    Node node = new Node(nodes.size());
    nodes.add(node);
    pass(Duration.ofSeconds(1)); // it starts
    return node;
  }

  void kill(Node node) {
    node.diedAt = now;
  }

  void pass(Duration time) {
    load(time, 0, () -> {});
  }

  /** Lets time pass with so many requests a second, which come as they like. */
  void load(Duration time, double rate, Runnable request) {
    long end = now + time.toNanos();
    while (now < end) {
      now += MILLISECOND;
      scheduler.advanceTimeBy(Duration.ofNanos(MILLISECOND));
      while (!ends.isEmpty() && ends.peek().at() <= now) {
        ends.poll().then().run();
      }
      double due = rate / 1000;
      for (double left = due; left > 0; left--) {
        if (left >= 1 || random.nextDouble() < left) {
          request.run();
        }
      }
      for (Node node : nodes) {
        if (node.isUp()) {
          node.step();
        }
      }
    }
  }

  /** A replica by weights. */
  Node any(double... weights) {
    double sum = 0;
    for (Node node : nodes) {
      sum += node.isUp() ? weights[node.id] : 0;
    }
    double left = random.nextDouble() * sum;
    for (Node node : nodes) {
      left -= node.isUp() ? weights[node.id] : 0;
      if (left < 0) {
        return node;
      }
    }
    throw new IllegalStateException("nobody is up");
  }
}
