package dev.heddle.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait, and whose turn it is: the tenant's whose virtual token counter is lowest, its
 * requests in order of arrival. Counters grow with the tokens a tenant is served, divided by its
 * weight; a tenant that comes back after a pause starts no lower than those that kept waiting, so a
 * tenant cannot save up a claim (Virtual Token Counter, Sheng et al., arXiv 2401.00588, algorithm
 * 2). Step thread only.
 */
final class FairQueue {
  private static final class Tenant {
    final List<SequenceGroup> waiting = new ArrayList<>();
    double weight;
    double counter;
    int cursor;
  }

  /** Tenants remembered beyond those that wait; past it, those that nobody owes are forgotten. */
  private static final int REMEMBERED = 1024;

  private final ToDoubleFunction<String> weight;
  private final Map<String, Tenant> tenants = new HashMap<>();
  private final List<Tenant> queued = new ArrayList<>();

  /** The last tenant without waiting requests; its counter still grows with what it is served. */
  private @Nullable Tenant lastLeft;

  private int size;

  /**
   * @param weight a tenant's share, &gt; 0; asked with each of its requests and used until the next
   */
  FairQueue(ToDoubleFunction<String> weight) {
    this.weight = weight;
  }

  int size() {
    return size;
  }

  /** Queues a request behind those of its tenant that came before it. */
  void add(SequenceGroup group) {
    Tenant tenant = tenants.computeIfAbsent(group.tenant(), name -> new Tenant());
    if (tenant.waiting.isEmpty()) {
      tenant.counter = Math.max(tenant.counter, floor());
      queued.add(tenant);
    }
    tenant.weight = weight.applyAsDouble(group.tenant());
    tenant.waiting.add(group);
    size++;
    forgetIdle();
  }

  /** Takes a request out, wherever it stands. */
  boolean remove(SequenceGroup group) {
    Tenant tenant = tenants.get(group.tenant());
    int index = tenant == null ? -1 : tenant.waiting.indexOf(group);
    if (tenant == null || index < 0) {
      return false;
    }
    take(tenant, index);
    return true;
  }

  /** Adds served tokens to a tenant's counter. */
  void charge(String tenant, int tokens) {
    Tenant served = tenants.get(tenant);
    if (served != null) {
      served.counter += tokens / served.weight;
    }
  }

  /** Starts a round of {@link #peek}. */
  void rewind() {
    for (int i = 0; i < queued.size(); i++) {
      queued.get(i).cursor = 0;
    }
  }

  /** The next request of the round whose turn it is, null at the round's end. */
  @Nullable SequenceGroup peek() {
    Tenant next = next();
    return next == null ? null : next.waiting.get(next.cursor);
  }

  /** Leaves the request that {@link #peek} gave where it is, for this round. */
  void pass() {
    Tenant tenant = next();
    if (tenant != null) {
      tenant.cursor++;
    }
  }

  /** Takes out the request that {@link #peek} gave. */
  void poll() {
    Tenant tenant = next();
    if (tenant != null) {
      take(tenant, tenant.cursor);
    }
  }

  private @Nullable Tenant next() {
    Tenant next = null;
    for (int i = 0; i < queued.size(); i++) {
      Tenant tenant = queued.get(i);
      if (tenant.cursor < tenant.waiting.size()
          && (next == null || tenant.counter < next.counter)) {
        next = tenant;
      }
    }
    return next;
  }

  private void take(Tenant tenant, int index) {
    tenant.waiting.remove(index);
    size--;
    if (tenant.waiting.isEmpty()) {
      queued.remove(tenant);
      lastLeft = tenant;
    } else if (index < tenant.cursor) {
      tenant.cursor--;
    }
  }

  /** What a tenant without waiting requests starts from. */
  private double floor() {
    if (queued.isEmpty()) {
      return lastLeft == null ? 0 : lastLeft.counter;
    }
    double lowest = Double.POSITIVE_INFINITY;
    for (Tenant tenant : queued) {
      lowest = Math.min(lowest, tenant.counter);
    }
    return lowest;
  }

  private void forgetIdle() {
    if (tenants.size() > REMEMBERED + queued.size()) {
      double floor = floor();
      tenants.values().removeIf(one -> one.waiting.isEmpty() && one.counter <= floor);
    }
  }
}
