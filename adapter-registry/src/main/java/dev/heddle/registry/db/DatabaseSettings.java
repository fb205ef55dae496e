package dev.heddle.registry.db;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How to reach the database as its two roles.
 *
 * @param url JDBC URL, {@code jdbc:postgresql://host:port/database}
 * @param owner role that owns the schema and runs migrations
 * @param app role that everything else runs as; it cannot change what is append-only
 */
public record DatabaseSettings(String url, Role owner, Role app) {
  /** The application's role where none is configured. */
  public static final String APP_ROLE = "heddle_app";

  /** A role and its password. */
  public record Role(String name, String password) {
    @Override
    public String toString() {
      return name; // never the password
    }
  }

  /**
   * Settings from the owner's alone: the application's role is made by the owner, its password
   * derived from the owner's, so that every replica knows it and nothing more needs to be kept.
   */
  public static DatabaseSettings of(String url, String owner, String ownerPassword) {
    return new DatabaseSettings(
        url, new Role(owner, ownerPassword), new Role(APP_ROLE, derive(ownerPassword)));
  }

  /** Where the database is, in short: the URL without what may be secret in it. */
  public String place() {
    return url.replaceFirst("^jdbc:", "").replaceFirst("//[^@/]*@", "//").replaceFirst("\\?.*", "");
  }

  private static String derive(String ownerPassword) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(
              ("heddle " + ownerPassword).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(APP_ROLE.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
