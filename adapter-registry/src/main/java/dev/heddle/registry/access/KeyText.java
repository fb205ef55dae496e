package dev.heddle.registry.access;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * An API key as its holder has it: {@code hdl_ID_SECRETCHECKSUM}, everything in base 62, so that
 * scanners can find leaked ones. The secret has 256 random bits; the checksum is the CRC-32 of what
 * stands before it.
 *
 * @param publicId {@value #ID_LENGTH} characters that name the key in lists and logs
 * @param secret {@value #SECRET_LENGTH} characters
 */
public record KeyText(String publicId, String secret) {
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int ID_LENGTH = 12;
  private static final int SECRET_LENGTH = 43; // 62^43 > 2^256
  private static final int CHECKSUM_LENGTH = 6; // 62^6 > 2^32
  private static final String PREFIX = "hdl_";
  private static final int SECRET_AT = PREFIX.length() + ID_LENGTH + 1;
  private static final int LENGTH = SECRET_AT + SECRET_LENGTH + CHECKSUM_LENGTH;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A new key. */
  public static KeyText random() {
    return new KeyText(randomText(70, ID_LENGTH), randomText(256, SECRET_LENGTH));
  }

  /** Reads a key; empty if it has not the form or its checksum is wrong. */
  public static Optional<KeyText> parse(String text) {
    if (text.length() != LENGTH || !text.startsWith(PREFIX) || text.charAt(SECRET_AT - 1) != '_') {
      return Optional.empty();
    }
    String publicId = text.substring(PREFIX.length(), SECRET_AT - 1);
    String secret = text.substring(SECRET_AT, SECRET_AT + SECRET_LENGTH);
    KeyText key = new KeyText(publicId, secret);
    boolean digits =
        publicId.chars().allMatch(KeyText::isDigit) && secret.chars().allMatch(KeyText::isDigit);
    return digits && key.checksum().equals(text.substring(SECRET_AT + SECRET_LENGTH))
        ? Optional.of(key)
        : Optional.empty();
  }

  private static boolean isDigit(int c) {
    return DIGITS.indexOf(c) >= 0;
  }

  /** What is stored of it, and compared: no slow hash is needed for 256 random bits. */
  public byte[] secretHash() {
    return sha256(secret);
  }

  /** The key as its holder gets it. */
  public String text() {
    return body() + checksum();
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private String body() {
    return PREFIX + publicId + "_" + secret;
  }

  private String checksum() {
    CRC32 crc = new CRC32();
    crc.update(body().getBytes(StandardCharsets.US_ASCII));
    return base62(BigInteger.valueOf(crc.getValue()), CHECKSUM_LENGTH);
  }

  private static String randomText(int bits, int length) {
    return base62(new BigInteger(bits, RANDOM), length);
  }

  private static String base62(BigInteger value, int length) {
    char[] text = new char[length];
    BigInteger rest = value;
    for (int i = length - 1; i >= 0; i--) {
      BigInteger[] parts = rest.divideAndRemainder(BigInteger.valueOf(DIGITS.length()));
      text[i] = DIGITS.charAt(parts[1].intValue());
      rest = parts[0];
    }
    return new String(text);
  }

  @Override
  public String toString() {
    return PREFIX + publicId + "_…"; // never the secret
  }
}
