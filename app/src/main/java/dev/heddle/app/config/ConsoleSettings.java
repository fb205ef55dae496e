package dev.heddle.app.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The console.
 *
 * @param sessionSecret signs browsers' sessions, the same for all replicas; one that lies in the
 *     database unless given
 * @param oidc another way in than by API key
 */
public record ConsoleSettings(
    @Nullable @Size(min = 32, message = "must have 32 characters or more") String sessionSecret,
    @DefaultValue @Valid OidcSettings oidc) {
  /** Never shows the secret. */
  @Override
  public String toString() {
    return "ConsoleSettings[oidc=" + oidc + "]";
  }
}
