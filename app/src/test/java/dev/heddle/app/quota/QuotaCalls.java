package dev.heddle.app.quota;

import java.util.Objects;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A gate's calls for tests that wait for what comes of them; refusals are thrown. */
final class QuotaCalls {
  private QuotaCalls() {}

  static RequestTurn takeTurn(QuotaGate gate, UUID tenant) {
    return Objects.requireNonNull(gate.inTurn(tenant, Mono::just).block());
  }

  /** With a turn of its own. */
  static Reservation admit(QuotaGate gate, Demand demand) {
    return admit(gate, demand, takeTurn(gate, demand.tenant()));
  }

  static Reservation admit(QuotaGate gate, Demand demand, RequestTurn turn) {
    return Objects.requireNonNull(gate.admitted(demand, turn, Flux::just).blockLast());
  }

  static Consumption consumption(QuotaGate gate, UUID tenant) {
    return Objects.requireNonNull(gate.latest(tenant).block());
  }
}
