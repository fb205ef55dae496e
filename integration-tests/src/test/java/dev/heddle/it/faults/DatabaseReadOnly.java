package dev.heddle.it.faults;

/** PostgreSQL takes no changes, as after a fail-over to a standby or where its disk is full. */
final class DatabaseReadOnly implements Fault {
  @Override
  public String name() {
    return "PostgreSQL read-only";
  }

  @Override
  public void begin(Place place) {
    place.sql("alter system set default_transaction_read_only = on");
    place.sql("select pg_reload_conf()");
  }

  @Override
  public void end(Place place) {
    place.sql("alter system reset default_transaction_read_only");
    place.sql("select pg_reload_conf()");
  }
}
