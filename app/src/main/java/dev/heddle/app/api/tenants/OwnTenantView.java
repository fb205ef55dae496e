package dev.heddle.app.api.tenants;

/**
 * A tenant as it sees itself.
 *
 * @param adapters how many there are that are not archived
 * @param keys how many there are that are neither revoked nor expired
 */
record OwnTenantView(
    String name, LimitsView limits, ConsumptionView consumption, long adapters, long keys) {
  /**
   * What counts against the limits now.
   *
   * @param storedBytes logical size of the ready versions, and of uploads, those still to come
   *     included
   */
  record ConsumptionView(long storedBytes) {}
}
