package dev.heddle.app.config;

import dev.heddle.app.quota.QuotaExchange;
import dev.heddle.app.quota.QuotaGate;
import dev.heddle.app.routing.AdapterHomes;
import dev.heddle.app.routing.Forwarder;
import dev.heddle.app.routing.PeerTrust;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.limits.LimitPool;
import dev.heddle.registry.replica.Leader;
import dev.heddle.registry.replica.ReplicaSettings;
import dev.heddle.registry.replica.Replicas;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** This process as one of several on a database. */
@Configuration(proxyBeanMethods = false)
class ReplicaConfiguration {
  /** Comes before everything that owns rows, and ends after it. */
  @Bean
  Replicas replicas(
      RegistryDatabase database,
      BaseModel base,
      DataFolder data,
      HeddleProperties properties,
      @Value("${server.port}") int port) {
    HeddleProperties.Replica settings = properties.replica();
    return new Replicas(
        database,
        new ReplicaSettings(
            data.id(), name(settings, port), settings.reachable(), base.digest(), settings.beat()));
  }

  @Bean
  AdapterHomes adapterHomes(Replicas replicas, HeddleProperties properties) {
    return new AdapterHomes(
        replicas.self().replica(), replicas::live, properties.replica().isForwarding());
  }

  @Bean
  Forwarder forwarder(
      HeddleProperties properties,
      @Value("${server.port}") int port,
      @Value("${server.ssl.bundle:}") String bundle,
      SslBundles bundles,
      Replicas replicas,
      MeterRegistry meters) {
    HeddleProperties.Replica settings = properties.replica();
    return new Forwarder(
        name(settings, port),
        settings.reachable() != null,
        properties.serving().connections(),
        bundle.isEmpty() ? null : trust(bundles, bundle),
        replicas::isGone,
        meters);
  }

  private static PeerTrust trust(SslBundles bundles, String bundle) {
    return new PeerTrust(
        () -> Objects.requireNonNull(bundles.getBundle(bundle).getStores().getKeyStore()),
        bundles.getBundle(bundle).getManagers().getTrustManagerFactory());
  }

  /** Other replicas are known before this process takes requests. */
  @Bean
  QuotaExchange quotaExchange(QuotaGate gate, Replicas replicas, LimitPool limits) {
    return QuotaExchange.start(gate, replicas::living, limits::exchange);
  }

  @Bean
  LimitPool limitPool(RegistryDatabase database, Replicas replicas) {
    return new LimitPool(database, replicas.self());
  }

  private static String name(HeddleProperties.Replica settings, int port) {
    String name = settings.name();
    return name == null || name.isBlank() ? hostName() + ":" + port : name;
  }

  @Bean(destroyMethod = "") // closed by who gives it tasks, before what these need
  Leader leader(RegistryDatabase database, Replicas replicas) {
    return new Leader(database, replicas.self(), replicas.beat());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost"; // a machine without a name
    }
  }
}
