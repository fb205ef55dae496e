package dev.heddle.registry;

/** The database, the bucket or the disk cannot be used now; trying again later may work. */
public final class UnavailableException extends RegistryException {
  /** The code of what the bucket or the disk does not take or give. */
  public static final String STORE = "store-unavailable";

  private UnavailableException(String code, String message, Throwable cause) {
    super(code, message, cause);
  }

  /** What the database does not take or give. */
  public static UnavailableException database(String message, Throwable cause) {
    return new UnavailableException("database-unavailable", message, cause);
  }

  /** What the bucket, or the disk below the data folder, does not take or give. */
  public static UnavailableException store(String message, Throwable cause) {
    return new UnavailableException(STORE, message, cause);
  }
}
