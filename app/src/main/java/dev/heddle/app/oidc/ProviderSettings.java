package dev.heddle.app.oidc;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How this server is known to its provider.
 *
 * @param issuer the provider's identifier, exactly as the provider states it
 * @param clientSecret null for a public client
 * @param name of the provider, as people know it
 * @param callback where the provider sends browsers back to
 * @param scopes what is asked of the provider; {@code openid} among it
 */
public record ProviderSettings(
    String issuer,
    String clientId,
    @Nullable String clientSecret,
    String name,
    URI callback,
    List<String> scopes) {
  /** Never shows the secret. */
  @Override
  public String toString() {
    return "ProviderSettings[" + issuer + ", client " + clientId + "]";
  }
}
