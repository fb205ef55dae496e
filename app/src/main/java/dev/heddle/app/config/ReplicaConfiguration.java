package dev.heddle.app.config;

import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.replica.Leader;
import dev.heddle.registry.replica.ReplicaSettings;
import dev.heddle.registry.replica.Replicas;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.springframework.beans.factory.annotation.Value;
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
    String name = settings.name();
    return new Replicas(
        database,
        new ReplicaSettings(
            data.id(),
            name == null || name.isBlank() ? hostName() + ":" + port : name,
            settings.reachable(),
            base.digest(),
            settings.beat()));
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
