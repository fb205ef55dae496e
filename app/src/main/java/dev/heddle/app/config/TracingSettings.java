package dev.heddle.app.config;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Pattern;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where traces of requests go.
 *
 * @param endpoint of a collector that takes OpenTelemetry's protocol over HTTP, such as {@code
 *     http://collector:4318}; none, and nothing is traced, unless given
 * @param sample share of the requests that are traced, 0 to 1; a request whose {@code traceparent}
 *     says whether it is traced is as that says
 */
public record TracingSettings(
    @DefaultValue("")
        @Pattern(regexp = "|https?://[^?#]+", message = "must be such as http://collector:4318")
        String endpoint,
    @DefaultValue("1") @DecimalMin("0") @DecimalMax("1") double sample) {}
