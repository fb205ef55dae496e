package dev.heddle.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for this machine that nobody else has signed, as a Secret of Kubernetes has one.
 *
 * @param certificate PEM
 * @param key PEM, PKCS #8
 * @param client trusts it and no other
 */
record Certificate(Path certificate, Path key, SSLContext client) {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /** Makes one by the JDK's keytool. */
  static Certificate make(Path folder) throws Exception {
    Path store = folder.resolve("store.p12");
    Release.run(
        Map.of(),
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-alias",
        "heddle",
        "-keyalg",
        "EC",
        "-dname",
        "CN=heddle",
        "-ext",
        "san=dns:heddle.example.com,ip:127.0.0.1",
        "-keystore",
        store.toString(),
        "-storepass",
        new String(PASSWORD));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    return new Certificate(
        pem(folder.resolve("tls.crt"), "CERTIFICATE", keys.getCertificate("heddle").getEncoded()),
        pem(folder.resolve("tls.key"), "PRIVATE KEY", keys.getKey("heddle", PASSWORD).getEncoded()),
        trusting(keys));
  }

  private static SSLContext trusting(KeyStore keys) throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("heddle", keys.getCertificate("heddle"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static Path pem(Path file, String kind, byte[] der) throws IOException {
    String text =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(kind, text, kind));
  }
}
