package dev.heddle.app.config;

import jakarta.validation.Valid;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The console.
 *
 * @param oidc another way in than by API key
 */
public record ConsoleSettings(@DefaultValue @Valid OidcSettings oidc) {}
