package dev.heddle.app.quota;

import static dev.heddle.app.quota.QuotaCalls.admit;
import static dev.heddle.app.quota.QuotaCalls.consumption;
import static dev.heddle.app.quota.QuotaCalls.takeTurn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.format.Digest;
import dev.heddle.registry.access.TenantLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuotaGateTest {
  private static final UUID TENANT = new UUID(1, 1);
  private static final Digest A = new Digest("a".repeat(64));
  private static final Digest B = new Digest("b".repeat(64));

  private final AtomicLong now = new AtomicLong(1_000_000_000);
  private final Map<Digest, Integer> pinned = new HashMap<>();
  private final List<Limit> refusals = new ArrayList<>();
  private TenantLimits limits = TenantLimits.NONE;
  private final QuotaGate gate =
      new QuotaGate(tenant -> limits, tenant -> pinned, now::get, refusals::add);

  @Test
  void without_limits_everything_goes_and_is_counted() {
    Reservation one = admit(gate, demand(1_000_000, 40, A, 100));
    Reservation two = admit(gate, demand(1_000_000, 2, A, 100));
    assertThat(consumption(gate, TENANT)).isEqualTo(new Consumption(null, null, 42, 100));
    one.settle(10);
    two.refund();
    assertThat(consumption(gate, TENANT)).isEqualTo(new Consumption(null, null, 0, 0));
    assertThat(refusals).isEmpty();
  }

  @Test
  void tokens_are_reserved_whole_and_given_back_but_for_those_used() {
    limits = new TenantLimits(1, null, 1000L, null, null, null);
    Reservation request = admit(gate, demand(800, 1, null, 0));
    assertThat(consumption(gate, TENANT).tokens().remaining()).isEqualTo(200);
    QuotaException refused = refusal(demand(500, 1, null, 0));
    assertThat(refused.limit()).isEqualTo(Limit.TOKENS_PER_MINUTE);
    assertThat(refused.isForGood()).isFalse();
    assertThat(refused.retryAfterSeconds()).as("300 of 1000 a minute").isEqualTo(18);
    request.settle(100);
    request.settle(0); // nothing is settled twice
    request.refund();
    assertThat(consumption(gate, TENANT).tokens().remaining()).isEqualTo(900);
    assertThat(refusals).containsExactly(Limit.TOKENS_PER_MINUTE);
  }

  @Test
  void a_request_takes_its_turn_before_it_is_read_and_pays_once() {
    limits = new TenantLimits(1, 2L, 100L, null, null, null);
    RequestTurn first = takeTurn(gate, TENANT);
    RequestTurn second = takeTurn(gate, TENANT);
    assertThat(catchThrowableOfType(QuotaException.class, () -> takeTurn(gate, TENANT)).limit())
        .isEqualTo(Limit.REQUESTS_PER_MINUTE);
    admit(gate, demand(10, 1, null, 0), first);
    first.giveBack(); // is part of a reservation
    assertThat(consumption(gate, TENANT).requests().remaining()).isZero();
    second.giveBack();
    second.giveBack();
    assertThat(consumption(gate, TENANT).requests().remaining()).isEqualTo(1);
  }

  @Test
  void a_turn_that_was_used_by_itself_stays_counted_and_reserves_nothing() {
    limits = new TenantLimits(1, 2L, null, null, null, null);
    RequestTurn turn = takeTurn(gate, TENANT);
    turn.use();
    turn.use();
    turn.giveBack(); // too late
    assertThat(turn.requests().inUse()).isZero();
    assertThat(consumption(gate, TENANT).requests().remaining()).isEqualTo(1);
  }

  @Test
  void a_turn_whose_request_is_refused_is_given_back_and_that_of_a_refund_too() {
    limits = new TenantLimits(1, 2L, 100L, null, null, null);
    RequestTurn large = takeTurn(gate, TENANT);
    assertThatThrownBy(() -> admit(gate, demand(1000, 1, null, 0), large))
        .isInstanceOf(QuotaException.class);
    assertThat(consumption(gate, TENANT).requests().remaining()).isEqualTo(2);
    admit(gate, demand(10, 1, null, 0), takeTurn(gate, TENANT)).refund();
    assertThat(consumption(gate, TENANT).requests().remaining()).isEqualTo(2);
  }

  @Test
  void a_load_ahead_of_requests_takes_nothing_and_is_held_to_the_slots() {
    limits = new TenantLimits(1, 0L, 0L, 0, null, 50);
    pinned.put(B, 20);
    gate.requireSlots(TENANT, A, 30);
    gate.requireSlots(TENANT, A, 30);
    gate.requireSlots(TENANT, B, 60); // is pinned: whoever pinned it has let it in
    assertThat(consumption(gate, TENANT).residentSlots()).isEqualTo(20);
    QuotaException later =
        catchThrowableOfType(QuotaException.class, () -> gate.requireSlots(TENANT, A, 31));
    assertThat(later.isForGood()).isFalse();
    QuotaException never =
        catchThrowableOfType(QuotaException.class, () -> gate.requireSlots(TENANT, A, 51));
    assertThat(never.isForGood()).isTrue();
    assertThat(refusals).containsExactly(Limit.RESIDENT_SLOTS, Limit.RESIDENT_SLOTS);
  }

  @Test
  void what_was_refused_after_its_admission_costs_nothing() {
    limits = new TenantLimits(1, 5L, 1000L, 3, null, 50);
    admit(gate, demand(800, 3, A, 40)).refund();
    Consumption consumption = consumption(gate, TENANT);
    assertThat(consumption.requests().remaining()).isEqualTo(5);
    assertThat(consumption.tokens().remaining()).isEqualTo(1000);
    assertThat(consumption.concurrentSequences()).isZero();
    assertThat(consumption.residentSlots()).isZero();
  }

  @Test
  void a_refusal_takes_from_no_limit() {
    limits = new TenantLimits(1, 5L, 1000L, 2, null, null);
    admit(gate, demand(10, 2, null, 0));
    assertThat(refusal(demand(10, 1, null, 0)).limit()).isEqualTo(Limit.CONCURRENT_SEQUENCES);
    assertThat(consumption(gate, TENANT).requests().remaining()).isEqualTo(4);
    assertThat(consumption(gate, TENANT).tokens().remaining()).isEqualTo(990);
  }

  @Test
  void of_several_limits_the_one_that_takes_longest_is_named() {
    limits = new TenantLimits(1, null, 60L, 60, null, null);
    Reservation last = admit(gate, demand(1, 1, null, 0));
    for (int i = 1; i < 60; i++) {
      admit(gate, demand(1, 1, null, 0));
    }
    QuotaException refused = refusal(demand(30, 1, null, 0));
    assertThat(refused.limit()).isEqualTo(Limit.TOKENS_PER_MINUTE);
    assertThat(refused.retryAfterSeconds()).isEqualTo(30);
    now.addAndGet(Duration.ofSeconds(30).toNanos());
    assertThat(refusal(demand(30, 1, null, 0)).limit()).isEqualTo(Limit.CONCURRENT_SEQUENCES);
    last.settle(1);
    admit(gate, demand(30, 1, null, 0));
  }

  @Test
  void what_can_never_fit_is_said_so() {
    limits = new TenantLimits(1, null, 1000L, 4, null, 50);
    assertThat(refusal(demand(1001, 1, null, 0)).isForGood()).isTrue();
    assertThat(refusal(demand(1, 5, null, 0)).isForGood()).isTrue();
    assertThat(refusal(demand(1, 1, A, 51)).isForGood()).isTrue();
    limits = new TenantLimits(1, 0L, null, null, null, null);
    assertThat(refusal(demand(1, 1, null, 0)).isForGood()).isTrue();
    assertThat(consumption(gate, TENANT).requests().remaining()).isZero();
  }

  @Test
  void adapters_count_once_however_many_requests_they_have_and_pinned_ones_always() {
    limits = new TenantLimits(1, null, null, null, null, 50);
    Reservation one = admit(gate, demand(1, 1, A, 30));
    Reservation two = admit(gate, demand(1, 1, A, 30));
    assertThat(consumption(gate, TENANT).residentSlots()).isEqualTo(30);
    assertThat(refusal(demand(1, 1, B, 21)).limit()).isEqualTo(Limit.RESIDENT_SLOTS);
    one.settle(1);
    refusal(demand(1, 1, B, 21));
    two.settle(1);
    pinned.put(A, 30);
    refusal(demand(1, 1, B, 21));
    admit(gate, demand(1, 1, A, 30)).settle(1);
    admit(gate, demand(1, 1, null, 0)).settle(1);
    limits = new TenantLimits(1, null, null, null, null, 10);
    admit(gate, demand(1, 1, A, 30)).settle(1); // pinned by the operator, whatever the limit
    assertThat(consumption(gate, TENANT).residentSlots()).isEqualTo(30);
  }

  @Test
  void a_changed_limit_forgets_nothing_that_was_used() {
    limits = new TenantLimits(1, 100L, null, null, null, null);
    for (int i = 0; i < 60; i++) {
      admit(gate, demand(1, 1, null, 0));
    }
    limits = new TenantLimits(1, 50L, null, null, null, null);
    QuotaException refused = refusal(demand(1, 1, null, 0));
    assertThat(refused.retryAfterSeconds()).as("11 of 50 a minute").isEqualTo(14);
    limits = new TenantLimits(1, 100L, null, null, null, null);
    assertThat(consumption(gate, TENANT).requests().remaining()).isEqualTo(40);
    limits = new TenantLimits(1, 200L, null, null, null, null);
    assertThat(consumption(gate, TENANT).requests().remaining()).isEqualTo(140);
  }

  @Test
  void a_reservation_from_before_a_limit_gives_nothing_to_it() {
    Reservation before = admit(gate, demand(500, 1, null, 0));
    limits = new TenantLimits(1, null, 1000L, null, null, null);
    admit(gate, demand(700, 1, null, 0));
    before.settle(0);
    assertThat(consumption(gate, TENANT).tokens().remaining()).isEqualTo(300);
  }

  @Test
  void a_limit_of_any_size_can_be_counted() {
    limits = new TenantLimits(1, Long.MAX_VALUE, Long.MAX_VALUE, null, null, null);
    admit(gate, demand(1000, 1, null, 0));
    assertThat(consumption(gate, TENANT).tokens().limit()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void headers_have_openais_form() {
    limits = new TenantLimits(1, 60L, 600L, null, null, null);
    Reservation reservation = admit(gate, demand(450, 1, null, 0));
    assertThat(QuotaHeaders.of(reservation.consumption()))
        .containsExactly(
            Map.entry("x-ratelimit-limit-requests", "60"),
            Map.entry("x-ratelimit-remaining-requests", "59"),
            Map.entry("x-ratelimit-reset-requests", "1s"),
            Map.entry("x-ratelimit-limit-tokens", "600"),
            Map.entry("x-ratelimit-remaining-tokens", "150"),
            Map.entry("x-ratelimit-reset-tokens", "45s"));
    limits = TenantLimits.NONE;
    assertThat(QuotaHeaders.of(consumption(gate, TENANT))).isEmpty();
    assertThat(QuotaHeaders.text(Duration.ofNanos(5_000_001))).isEqualTo("6ms");
    assertThat(QuotaHeaders.text(Duration.ZERO)).isEqualTo("0ms");
    assertThat(QuotaHeaders.text(Duration.ofSeconds(90))).isEqualTo("1m30s");
    assertThat(QuotaHeaders.text(Duration.ofMillis(359_001))).isEqualTo("6m0s");
    assertThat(QuotaHeaders.text(Duration.ofSeconds(3661))).isEqualTo("1h1m1s");
  }

  private QuotaException refusal(Demand demand) {
    return catchThrowableOfType(QuotaException.class, () -> admit(gate, demand));
  }

  private static Demand demand(long tokens, int sequences, Digest adapter, int slots) {
    return new Demand(TENANT, tokens, sequences, adapter, slots);
  }
}
