package dev.heddle.app.routing;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts replicas that show the certificate which this one shows, whatever names are in it: who
 * shows it has its key, as the replicas of one deployment do. Others are trusted as usual, by their
 * names and whoever has signed them. The own certificate is looked up for each connection, as it
 * may have been renewed.
 */
public final class PeerTrust extends X509ExtendedTrustManager {
  private final Supplier<KeyStore> own;
  private final X509ExtendedTrustManager usual;

  /**
   * @param own certificates of this server
   * @param usual whom to trust besides
   */
  public PeerTrust(Supplier<KeyStore> own, TrustManagerFactory usual) {
    this.own = own;
    this.usual =
        Arrays.stream(usual.getTrustManagers())
            .filter(X509ExtendedTrustManager.class::isInstance)
            .map(X509ExtendedTrustManager.class::cast)
            .findFirst()
            .orElseThrow();
  }

  private boolean isOwn(X509Certificate shown) throws CertificateException {
    try {
      KeyStore store = own.get();
      for (String alias : Collections.list(store.aliases())) {
        if (shown.equals(store.getCertificate(alias))) {
          return true;
        }
      }
      return false;
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the server's own certificate cannot be read", e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    if (!isOwn(chain[0])) {
      usual.checkServerTrusted(chain, type);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    if (!isOwn(chain[0])) {
      usual.checkServerTrusted(chain, type, socket);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    if (!isOwn(chain[0])) {
      usual.checkServerTrusted(chain, type, engine);
    }
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return usual.getAcceptedIssuers();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    usual.checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    usual.checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    usual.checkClientTrusted(chain, type, engine);
  }
}
