package dev.heddle.registry.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** An object's bytes on their way from a bucket, and whether they came as they are kept there. */
final class Arrival {
  /** The tag of an object that was written in one request: its MD5, unless a key encrypts it. */
  private static final Pattern MD5 = Pattern.compile("\"?([0-9a-f]{32})\"?");

  private final ResponseInputStream<GetObjectResponse> object;
  private final MessageDigest md5;
  private long bytes;

  Arrival(ResponseInputStream<GetObjectResponse> object) {
    this.object = object;
    try {
      this.md5 = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  BlobCache.Incoming incoming() {
    return new BlobCache.Incoming(object.response().contentLength(), new Counting(object));
  }

  /**
   * Whether all that came is all that an object has: the same tag, as many bytes, and the MD5 that
   * the tag is, where it is one.
   */
  boolean isAll(S3Bucket.Found object) {
    String tag = object.tag();
    if (!tag.equals(this.object.response().eTag()) || bytes != object.bytes()) {
      return false;
    }
    Matcher known = MD5.matcher(tag);
    return !known.matches()
        || isEncryptedByKey()
        || known.group(1).equals(HexFormat.of().formatHex(md5.digest()));
  }

  /** The tag is then that of what is kept, not of what comes. */
  private boolean isEncryptedByKey() {
    GetObjectResponse response = object.response();
    String encryption = response.serverSideEncryptionAsString();
    return response.sseCustomerAlgorithm() != null
        || (encryption != null && encryption.startsWith("aws:kms"));
  }

  private final class Counting extends FilterInputStream {
    Counting(InputStream stream) {
      super(stream);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
      int count = super.read(into, from, most);
      if (count > 0) {
        md5.update(into, from, count);
        bytes += count;
      }
      return count;
    }
  }
}
