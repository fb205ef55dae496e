package dev.heddle.registry.store;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * How a server that speaks S3 is reached.
 *
 * @param endpoint null for Amazon's
 * @param accessKey null for the default chain: environment, profile, the machine's or pod's role
 * @param pathStyle whether the bucket is part of the path and not of the host's name
 */
public record S3Connection(
    @Nullable URI endpoint,
    String region,
    @Nullable String accessKey,
    @Nullable String secretKey,
    boolean pathStyle,
    S3Waits waits) {

  /** A client with limits to how long it waits; checksums are those that every server has. */
  public S3ClientBuilder client() {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(waits.connect())
                    .socketTimeout(waits.silence()))
            .region(Region.of(region))
            .credentialsProvider(credentials())
            .forcePathStyle(pathStyle)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    return endpoint == null ? builder : builder.endpointOverride(endpoint);
  }

  private AwsCredentialsProvider credentials() {
    return accessKey == null || secretKey == null
        ? DefaultCredentialsProvider.builder().build()
        : StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
  }

  /** Never shows the secret. */
  @Override
  public String toString() {
    return "S3Connection[" + endpoint + "]";
  }
}
