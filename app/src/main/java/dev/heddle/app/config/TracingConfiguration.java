package dev.heddle.app.config;

import dev.heddle.app.tracing.TraceFilter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * OpenTelemetry's SDK, where a collector is set. OpenTelemetry's own variables ({@code
 * OTEL_EXPORTER_OTLP_HEADERS}, {@code OTEL_RESOURCE_ATTRIBUTES} and others) say the rest.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("!'${heddle.tracing.endpoint:}'.isBlank()")
class TracingConfiguration {
  @Bean(destroyMethod = "close") // sends what has not been sent
  OpenTelemetrySdk openTelemetry(HeddleProperties properties) {
    TracingSettings settings = properties.tracing();
    Map<String, String> defaults =
        Map.of(
            "otel.service.name", "heddle",
            "otel.exporter.otlp.endpoint", settings.endpoint(),
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.metrics.exporter", "none", // Prometheus scrapes them
            "otel.logs.exporter", "none",
            "otel.traces.sampler", "parentbased_traceidratio",
            "otel.traces.sampler.arg", Double.toString(settings.sample()));
    return AutoConfiguredOpenTelemetrySdk.builder()
        .addPropertiesSupplier(() -> defaults)
        .disableShutdownHook()
        .build()
        .getOpenTelemetrySdk();
  }

  @Bean
  TraceFilter traceFilter(OpenTelemetrySdk telemetry) {
    return new TraceFilter(telemetry);
  }
}
