package dev.heddle.app.config;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Bounds of jobs that score experts.
 *
 * @param maxBytes most bytes of a job's sample data
 * @param maxSamples most samples in them
 * @param maxLength most tokens of a sample; longer ones are cut, and those beyond the context
 */
public record ScoringSettings(
    @DefaultValue("8MB") @NotNull DataSize maxBytes,
    @DefaultValue("10000") @Min(1) @Max(1_000_000) int maxSamples,
    @DefaultValue("4096") @Min(1) @Max(1 << 20) int maxLength) {

  @AssertTrue(message = "max-bytes: must be between 1KB and 256MB")
  boolean isMaxBytesSane() {
    return maxBytes.toBytes() >= 1024 && maxBytes.toBytes() <= 256 << 20;
  }
}
