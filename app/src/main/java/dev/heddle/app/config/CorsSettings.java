package dev.heddle.app.config;

import jakarta.validation.constraints.AssertTrue;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which pages of other origins a browser lets read the answers.
 *
 * @param origins such as {@code https://app.example.com}, or {@code *} for all; none unless given
 */
public record CorsSettings(@DefaultValue List<String> origins) {
  public CorsSettings {
    origins = List.copyOf(origins);
  }

  @AssertTrue(message = "origins: must be * or such as https://app.example.com, without a path")
  boolean isOriginsSane() {
    return origins.stream().allMatch(each -> each.matches("\\*|[a-z][a-z0-9+.-]*://[^/?#]+"));
  }
}
