package dev.heddle.registry.store;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which bucket has the experts.
 *
 * @param endpoint of a server that speaks S3; null for Amazon's
 * @param prefix before every key, without slashes around it; empty for none
 * @param accessKey null for the default chain: environment, profile, the machine's or pod's role
 * @param pathStyle whether the bucket is part of the path and not of the host's name
 * @param grace how long a blob without references is kept: longer than any upload takes from its
 *     first expert until it is ready, on any replica
 * @param partBytes larger blobs are sent in parts of this size, 5 MiB or more
 */
public record S3Settings(
    @Nullable URI endpoint,
    String bucket,
    String prefix,
    String region,
    @Nullable String accessKey,
    @Nullable String secretKey,
    boolean pathStyle,
    Duration grace,
    int partBytes,
    S3Waits waits) {
  /** Parts that suit most networks. */
  public static final int PART_BYTES = 32 << 20;

  public S3Settings {
    if ((accessKey == null) != (secretKey == null)) {
      throw new IllegalArgumentException("access key and secret key belong together");
    }
  }

  /** As an operator knows it. */
  String place() {
    return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }

  String key(String path) {
    return prefix.isEmpty() ? path : prefix + "/" + path;
  }

  /** Never shows the secret. */
  @Override
  public String toString() {
    return place() + (endpoint == null ? "" : " at " + endpoint);
  }
}
