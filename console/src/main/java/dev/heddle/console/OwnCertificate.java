package dev.heddle.console;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.springframework.boot.ssl.SslBundles;

/**
 * Trusts the certificate that this server itself shows, whatever name it has, and no other: the
 * console asks over the loopback address, which no certificate names. Looked up for each
 * connection, as it may have been renewed.
 */
final class OwnCertificate extends X509ExtendedTrustManager {
  private final SslBundles bundles;
  private final String bundle;

  private OwnCertificate(SslBundles bundles, String bundle) {
    this.bundles = bundles;
    this.bundle = bundle;
  }

  /**
   * @param bundle the server's, by its name
   */
  static SSLContext context(SslBundles bundles, String bundle) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new OwnCertificate(bundles, bundle)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    try {
      KeyStore own =
          Objects.requireNonNull(bundles.getBundle(bundle).getStores().getKeyStore(), "serves TLS");
      for (String alias : Collections.list(own.aliases())) {
        if (chain[0].equals(own.getCertificate(alias))) {
          return;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the server's own certificate cannot be read", e);
    }
    throw new CertificateException("not this server's own certificate");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("nobody is served here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, type);
  }
}
