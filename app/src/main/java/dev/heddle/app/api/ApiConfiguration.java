package dev.heddle.app.api;

import dev.heddle.app.request.BodyDecoder;
import org.springframework.boot.http.codec.CodecCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How bodies are read. */
@Configuration(proxyBeanMethods = false)
class ApiConfiguration {
  @Bean
  CodecCustomizer bodiesReadByTheirFields() {
    return codecs -> codecs.customCodecs().registerWithDefaultConfig(new BodyDecoder());
  }
}
