package dev.heddle.registry.store;

import dev.heddle.registry.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * What the expert store does with a bucket, under one prefix; paths are those after it. A server
 * that does not answer, or refuses, is an {@link UnavailableException}. Safe for any thread.
 */
final class S3Bucket implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(S3Bucket.class);

  private static final int NOT_FOUND = 404;

  /**
   * An object as a listing shows it.
   *
   * @param tag another one whenever the object has been written
   */
  record Found(String path, long bytes, Instant changedAt, String tag) {}

  private final S3Settings settings;
  private final S3Client client;

  S3Bucket(S3Settings settings) {
    this.settings = settings;
    this.client =
        new S3Connection(
                settings.endpoint(),
                settings.region(),
                settings.accessKey(),
                settings.secretKey(),
                settings.pathStyle(),
                settings.waits())
            .client()
            // Plain bodies with Content-MD5 are what every server that speaks S3 understands.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .serviceConfiguration(configuration -> configuration.chunkedEncodingEnabled(false))
            .build();
  }

  /** What is known of an object; null if there is none. */
  @Nullable Found find(String path) {
    try {
      HeadObjectResponse head =
          client.headObject(request -> request.bucket(settings.bucket()).key(key(path)));
      return new Found(path, head.contentLength(), head.lastModified(), head.eTag());
    } catch (SdkException e) {
      if (isNotFound(e)) {
        return null;
      }
      throw unavailable(e);
    }
  }

  /**
   * An object's bytes; the caller closes the stream.
   *
   * @throws NoSuchFileException if there is none
   */
  ResponseInputStream<GetObjectResponse> get(String path) throws NoSuchFileException {
    try {
      return client.getObject(request -> request.bucket(settings.bucket()).key(key(path)));
    } catch (SdkException e) {
      if (isNotFound(e)) {
        throw new NoSuchFileException(settings.place() + "/" + path);
      }
      throw unavailable(e);
    }
  }

  /** Writes an object, which is there as a whole or not at all. */
  void put(String path, List<MemorySegment> pieces) {
    long bytes = pieces.stream().mapToLong(MemorySegment::byteSize).sum();
    if (bytes > settings.partBytes()) {
      putInParts(path, pieces, bytes);
      return;
    }
    call(() ->
        client.putObject(
            request ->
                request
                    .bucket(settings.bucket())
                    .key(key(path))
                    .contentMD5(md5(new SegmentStream(pieces, 0, bytes))),
            body(pieces, 0, bytes)));
  }

  /** Writes an object unless there is one, where the server knows how to; else writes it. */
  void putIfAbsent(String path, byte[] content) {
    try {
      client.putObject(
          request -> request.bucket(settings.bucket()).key(key(path)).ifNoneMatch("*"),
          RequestBody.fromBytes(content));
    } catch (SdkException e) {
      if (!(e instanceof AwsServiceException service) || service.statusCode() != 412) {
        throw unavailable(e);
      }
    }
  }

  private void putInParts(String path, List<MemorySegment> pieces, long bytes) {
    String upload =
        call(() ->
                client.createMultipartUpload(
                    request -> request.bucket(settings.bucket()).key(key(path))))
            .uploadId();
    try {
      List<CompletedPart> parts = new ArrayList<>();
      for (long at = 0; at < bytes; at += settings.partBytes()) {
        long count = Math.min(settings.partBytes(), bytes - at);
        parts.add(part(path, upload, parts.size() + 1, pieces, at, count));
      }
      call(() ->
          client.completeMultipartUpload(request ->
              request
                  .bucket(settings.bucket())
                  .key(key(path))
                  .uploadId(upload)
                  .multipartUpload(all -> all.parts(parts))));
    } catch (RuntimeException | Error e) {
      abort(path, upload, e);
      throw e;
    }
  }

  private CompletedPart part(
      String path, String upload, int number, List<MemorySegment> pieces, long from, long count) {
    String etag =
        call(() ->
                client.uploadPart(
                    request ->
                        request
                            .bucket(settings.bucket())
                            .key(key(path))
                            .uploadId(upload)
                            .partNumber(number)
                            .contentMD5(md5(new SegmentStream(pieces, from, count))),
                    body(pieces, from, count)))
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(etag).build();
  }

  private void abort(String path, String upload, Throwable cause) {
    try {
      client.abortMultipartUpload(
          request -> request.bucket(settings.bucket()).key(key(path)).uploadId(upload));
    } catch (SdkException e) { // the next collection aborts it
      cause.addSuppressed(e);
    }
  }

  /** Makes an object as young as a new one; false if it is gone. */
  boolean touch(String path) {
    return copy(path, path);
  }

  /** Copies an object within the bucket; false if it is gone. */
  boolean copy(String from, String to) {
    try {
      client.copyObject(request ->
          request
              .sourceBucket(settings.bucket())
              .sourceKey(key(from))
              .destinationBucket(settings.bucket())
              .destinationKey(key(to))
              .metadataDirective(MetadataDirective.REPLACE));
      return true;
    } catch (SdkException e) {
      if (isNotFound(e)) {
        return false;
      }
      throw unavailable(e);
    }
  }

  void delete(String path) {
    call(() -> client.deleteObject(request -> request.bucket(settings.bucket()).key(key(path))));
  }

  /** Takes the objects of a listing, one by one. */
  interface Visitor {
    void visit(Found found) throws IOException;
  }

  /** Lists all objects in a folder, page by page. */
  void list(String folder, Visitor visitor) throws IOException {
    int skip = key("").length();
    String after = null;
    do {
      String token = after;
      ListObjectsV2Response page =
          call(() ->
              client.listObjectsV2(request ->
                  request
                      .bucket(settings.bucket())
                      .prefix(key(folder + "/"))
                      .continuationToken(token)));
      for (S3Object found : page.contents()) {
        visitor.visit(
            new Found(
                found.key().substring(skip), found.size(), found.lastModified(), found.eTag()));
      }
      after = page.nextContinuationToken();
    } while (after != null);
  }

  /** Gives up what was begun before this time and neither finished nor given up. */
  void abortPartsBefore(Instant time) {
    List<MultipartUpload> uploads =
        call(() ->
                client.listMultipartUploads(
                    request -> request.bucket(settings.bucket()).prefix(key(""))))
            .uploads();
    for (MultipartUpload upload : uploads) {
      if (upload.initiated().isBefore(time)) {
        call(() ->
            client.abortMultipartUpload(request ->
                request.bucket(settings.bucket()).key(upload.key()).uploadId(upload.uploadId())));
      }
    }
  }

  private <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException e) {
      throw unavailable(e);
    }
  }

  private UnavailableException unavailable(SdkException e) {
    log.warn("{} failed: {}", settings, e.getMessage());
    return UnavailableException.store("the expert store does not answer as it should", e);
  }

  private static boolean isNotFound(SdkException e) {
    return e instanceof AwsServiceException service && service.statusCode() == NOT_FOUND;
  }

  private String key(String path) {
    return settings.key(path);
  }

  /** Can be read again when a request is repeated; nothing is copied but what is being sent. */
  private static RequestBody body(List<MemorySegment> pieces, long from, long count) {
    return RequestBody.fromContentProvider(
        () -> new SegmentStream(pieces, from, count), count, "application/octet-stream");
  }

  private static String md5(InputStream bytes) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      byte[] buffer = new byte[1 << 16];
      for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
        md5.update(buffer, 0, count);
      }
      return Base64.getEncoder().encodeToString(md5.digest());
    } catch (NoSuchAlgorithmException | IOException e) {
      throw new IllegalStateException("every JDK has MD5, and memory can be read", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
