package dev.heddle.app.idempotency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Encrypts kept answers, which may hold a new API key's text: AES-256-GCM with a key that HKDF (RFC
 * 5869, SHA-256) makes of the caller's API key and the idempotency key. The platform stores
 * neither, so whoever reads its database cannot read the answers. Layout: salt of {@value
 * #SALT_BYTES} bytes, nonce of {@value #NONCE_BYTES}, ciphertext with tag.
 */
final class AnswerSeal {
  private static final int SALT_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final int KEY_BYTES = 32;
  private static final int TAG_BITS = 128;
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String bearer;
  private final String idempotencyKey;
  private final byte[] fingerprint;

  /**
   * @param fingerprint of the request; an answer opens for the same one only
   */
  AnswerSeal(String bearer, String idempotencyKey, byte[] fingerprint) {
    this.bearer = bearer;
    this.idempotencyKey = idempotencyKey;
    this.fingerprint = fingerprint.clone();
  }

  byte[] seal(byte[] answer) {
    byte[] salt = random(SALT_BYTES);
    byte[] nonce = random(NONCE_BYTES);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, salt, nonce).doFinal(answer);
      return ByteBuffer.allocate(salt.length + nonce.length + sealed.length)
          .put(salt)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + CIPHER, e);
    }
  }

  /** Empty if it was sealed for somebody or something else. */
  Optional<byte[]> open(byte[] sealed) {
    ByteBuffer in = ByteBuffer.wrap(sealed);
    byte[] salt = new byte[SALT_BYTES];
    byte[] nonce = new byte[NONCE_BYTES];
    in.get(salt).get(nonce);
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, salt, nonce);
      return Optional.of(cipher.doFinal(sealed, in.position(), in.remaining()));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + CIPHER, e);
    }
  }

  private Cipher cipher(int mode, byte[] salt, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key(salt), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(fingerprint);
    return cipher;
  }

  private SecretKey key(byte[] salt) throws GeneralSecurityException {
    return KDF.getInstance("HKDF-SHA256")
        .deriveKey(
            "AES",
            HKDFParameterSpec.ofExtract()
                .addIKM(bytes(bearer))
                .addSalt(salt)
                .thenExpand(bytes("heddle idempotency " + idempotencyKey), KEY_BYTES));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
