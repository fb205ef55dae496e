package dev.heddle.registry;

/** The change would exceed one of the tenant's limits. */
public final class QuotaExceededException extends RegistryException {
  private final String limit;

  /**
   * @param code kebab-case, e.g. {@code storage-quota-exceeded}
   * @param limit the limit's name, as the tenant's settings have it, e.g. {@code stored_bytes}
   */
  public QuotaExceededException(String code, String limit, String message) {
    super(code, message);
    this.limit = limit;
  }

  /** Name of the limit. */
  public String limit() {
    return limit;
  }
}
