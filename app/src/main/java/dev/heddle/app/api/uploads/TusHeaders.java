package dev.heddle.app.api.uploads;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.registry.upload.Upload;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/** The headers of tus 1.0.0, read and written. */
final class TusHeaders {
  static final String VERSION = "1.0.0";
  static final String EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration";
  private static final String RESUMABLE = "Tus-Resumable";
  private static final String OFFSET = "Upload-Offset";
  private static final String BODY = "application/offset+octet-stream";

  private TusHeaders() {}

  /** Writes the version that every answer has, and refuses requests of another one. */
  static HttpHeaders begin(ServerWebExchange exchange) {
    HttpHeaders request = exchange.getRequest().getHeaders();
    HttpHeaders answer = exchange.getResponse().getHeaders();
    answer.set(RESUMABLE, VERSION);
    if (!VERSION.equals(request.getFirst(RESUMABLE))) {
      answer.set("Tus-Version", VERSION);
      throw new ApiException(
          ErrorCode.TUS_VERSION_UNSUPPORTED,
          "The header Tus-Resumable must be " + VERSION + ".",
          RESUMABLE);
    }
    return request;
  }

  /** Says what this server can do. */
  static void options(HttpHeaders answer, long lengthMax) {
    answer.set(RESUMABLE, VERSION);
    answer.set("Tus-Version", VERSION);
    answer.set("Tus-Extension", EXTENSIONS);
    answer.set("Tus-Checksum-Algorithm", PartChecksum.ALGORITHMS);
    answer.set("Tus-Max-Size", Long.toString(lengthMax));
  }

  /** Says how far an upload is. */
  static void progress(HttpHeaders answer, Upload upload) {
    answer.set(OFFSET, Long.toString(upload.offset()));
    Instant expires = upload.expiresAt();
    if (expires != null) {
      answer.set(
          "Upload-Expires",
          DateTimeFormatter.RFC_1123_DATE_TIME.format(expires.atOffset(ZoneOffset.UTC)));
    }
  }

  /** Whether the request brings bytes of an upload. */
  static boolean hasBytes(HttpHeaders request) {
    String type = request.getFirst(HttpHeaders.CONTENT_TYPE);
    return type != null && type.strip().equalsIgnoreCase(BODY);
  }

  /** Where the client believes the upload to be. */
  static long offset(HttpHeaders request) {
    if (!hasBytes(request)) {
      throw new ApiException(
          ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The body's media type must be " + BODY + ".");
    }
    Long offset = number(request.getFirst(OFFSET));
    if (offset == null) {
      throw new ApiException(
          ErrorCode.INVALID_REQUEST, "The header Upload-Offset must be a count of bytes.", OFFSET);
    }
    return offset;
  }

  /** A count of bytes; null if the text is none. */
  static @Nullable Long number(@Nullable String text) {
    return text != null && text.matches("[0-9]{1,18}") ? Long.valueOf(text) : null;
  }
}
