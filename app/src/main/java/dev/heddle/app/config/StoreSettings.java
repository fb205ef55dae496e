package dev.heddle.app.config;

import dev.heddle.registry.store.S3Settings;
import dev.heddle.registry.store.S3Waits;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Where experts' bytes are kept.
 *
 * @param collectEvery how often blobs that nobody needs are removed
 * @param scrubRate most bytes a second that the check in the background reads; 0 for no check
 * @param s3 a bucket; without its name they lie in the data folder
 */
public record StoreSettings(
    @DefaultValue("1h") @NotNull Duration collectEvery,
    @DefaultValue("4MB") @NotNull DataSize scrubRate,
    @DefaultValue @Valid S3 s3) {

  @AssertTrue(message = "scrub-rate: must not be negative")
  boolean isScrubRateSane() {
    return !scrubRate.isNegative();
  }

  @AssertTrue(message = "collect-every: must be 1s or more")
  boolean isCollectEverySane() {
    return collectEvery.toMillis() >= 1000;
  }

  /**
   * A bucket.
   *
   * @param endpoint of a server that speaks S3; Amazon's unless given
   * @param bucket its name
   * @param prefix before every key
   * @param region of the bucket
   * @param accessKey with {@code secretKey}; the default chain of credentials unless given
   * @param pathStyle whether the bucket is part of the path; so with an endpoint unless given
   * @param grace how long a blob is left that nobody seems to need: longer than any upload's check
   *     takes, on any replica
   * @param cache most bytes of copies on the local disk
   * @param connectWait for a connection to the server
   * @param readWait for the next bytes of its answer
   */
  public record S3(
      @Nullable URI endpoint,
      @Nullable String bucket,
      @DefaultValue("")
          @Pattern(regexp = "([^/]+(/[^/]+)*)?", message = "must not begin or end with '/'")
          String prefix,
      @DefaultValue("us-east-1") @NotBlank String region,
      @Nullable String accessKey,
      @Nullable String secretKey,
      @Nullable Boolean pathStyle,
      @DefaultValue("24h") @NotNull Duration grace,
      @DefaultValue("20GB") @NotNull DataSize cache,
      @DefaultValue("5s") @NotNull Duration connectWait,
      @DefaultValue("30s") @NotNull Duration readWait) {

    @AssertTrue(message = "access-key: it and secret-key belong together")
    boolean isKeyWhole() {
      return (accessKey == null) == (secretKey == null);
    }

    @AssertTrue(message = "grace: must not be negative")
    boolean isGraceSane() {
      return !grace.isNegative();
    }

    @AssertTrue(message = "connect-wait: must be 100ms to 10m")
    boolean isConnectWaitSane() {
      return isWait(connectWait);
    }

    @AssertTrue(message = "read-wait: must be 100ms to 10m")
    boolean isReadWaitSane() {
      return isWait(readWait);
    }

    static boolean isWait(Duration value) {
      return value.compareTo(Duration.ofMillis(100)) >= 0
          && value.compareTo(Duration.ofMinutes(10)) <= 0;
    }

    /** The bucket with the experts; null if none is named. */
    @Nullable S3Settings bucketSettings() {
      if (bucket == null || bucket.isBlank()) {
        return null;
      }
      return new S3Settings(
          endpoint,
          bucket,
          prefix,
          region,
          accessKey,
          secretKey,
          pathStyle == null ? endpoint != null : pathStyle,
          grace,
          S3Settings.PART_BYTES,
          waits());
    }

    S3Waits waits() {
      return new S3Waits(connectWait, readWait);
    }

    /** Never shows the secret. */
    @Override
    public String toString() {
      return "S3[" + bucket + "/" + prefix + " at " + endpoint + "]";
    }
  }
}
